//! Every figure, table and layer of a report as a file of its own.

use std::path::{Path, PathBuf};

use super::{Block, Report};
use crate::base::chart::Scene;
use crate::base::job::{Job, Stopped};
use crate::flow::desk::Desk;
use crate::io::picture::png_bytes;
use crate::io::safe::{WriteError, write_bytes, write_text};

/// Paints drawings as pixels: size, and red, green and blue of each, row by row.
pub type Paint<'a> = dyn Fn(&[&Scene]) -> Result<Vec<([u32; 2], Vec<u8>)>, Stopped> + 'a;

/// Stages whose results are layers: they are written as `GeoJSON`, KML and CSV.
const LAYERS: [&str; 8] =
    ["filter", "outliers", "routes", "gates", "density", "encounters", "areas", "oddities"];

impl Report {
    /// Writes every chart and drawing as SVG and PNG, every picture as PNG, every table as CSV and
    /// the layers of `desk` as `GeoJSON` and KML into `folder`, which must be there. Gives the paths.
    ///
    /// # Errors
    ///
    /// If `job` is cancelled, or a file cannot be written.
    pub fn files(
        &self,
        desk: &Desk,
        folder: &Path,
        paint: &Paint,
        job: &Job,
    ) -> Result<Vec<PathBuf>, Stopped> {
        let mut paths = Vec::new();
        let mut scenes: Vec<(String, Scene)> = Vec::new();
        let mut pictures = std::collections::BTreeMap::<&str, usize>::new();
        for block in self.blocks() {
            job.go_on()?;
            match block {
                Block::Chart(name, chart) => {
                    paths.push(put(folder, &format!("{name}.svg"), &chart.svg())?);
                    paths.push(put(folder, &format!("{name}.plot.csv"), &chart.csv())?);
                    scenes.push((name.clone(), chart.scene()));
                }
                Block::Drawing(name, caption, scene) => {
                    paths.push(put(folder, &format!("{name}.svg"), &scene.svg(caption))?);
                    scenes.push((name.clone(), scene.clone()));
                }
                Block::Table(table) => {
                    paths.push(put(folder, &format!("{}.csv", table.name), &table.csv())?);
                }
                Block::Picture(picture) => {
                    let n = pictures.entry(picture.part).or_default();
                    *n += 1;
                    let more = if *n > 1 { format!("-{n}") } else { String::new() };
                    let path = folder.join(format!("{}.map{more}.png", picture.part));
                    write_bytes(&path, &picture.png).map_err(stopped)?;
                    paths.push(path);
                }
                Block::Text(_) | Block::Figures(_) => (),
            }
        }
        let drawn: Vec<&Scene> = scenes.iter().map(|(_, scene)| scene).collect();
        for ((name, _), (size_px, rgb)) in scenes.iter().zip(paint(&drawn)?) {
            let path = folder.join(format!("{name}.png"));
            write_bytes(&path, &png_bytes(size_px, &rgb)).map_err(stopped)?;
            paths.push(path);
        }
        for name in LAYERS {
            job.go_on()?;
            if let Some(write) = desk.exporter(name) {
                paths.extend(write(folder, job).map_err(Stopped::Failed)?);
            }
        }
        Ok(paths)
    }
}

fn put(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Stopped> {
    let path = folder.join(name);
    write_text(&path, text).map_err(stopped)?;
    Ok(path)
}

fn stopped(error: WriteError) -> Stopped {
    match error {
        WriteError::Cancelled => Stopped::Cancelled,
        error @ WriteError::Io { .. } => Stopped::Failed(error.to_string()),
    }
}
