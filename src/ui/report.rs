//! Reports with pictures: the map as the window draws it, and charts as pixels.

use std::path::{Path, PathBuf};

use egui::epaint::TextShape;
use egui::{Align2, Color32, FontId, Painter, Pos2, Shape, Stroke, pos2};

use super::headless::{Picture, Screen, picture_of_map, render};
use crate::base::chart::{Anchor, Chart, Item, Scene};
use crate::base::job::{Job, Stopped};
use crate::flow::look::{Density, TrackColor, WatchLayers};
use crate::flow::map_base::Base;
use crate::flow::report::{self, About, Report};
use crate::flow::{Desk, Session, png_bytes, write_text};

/// Size and density of the map's pictures: sharp on paper as wide as an A4 page.
const MAP_PX: [u32; 2] = [1440, 900];
const MAP_POINTS: f32 = 1.25;

/// Pixels to a point of charts and drawings.
const CHART_POINTS: f32 = 2.0;

/// What a report is to be, and where.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is in it besides the results.
    pub about: About,
    /// The page.
    pub page: PathBuf,
    /// A folder for every figure, table and layer, if they are wanted; it is made if it is not there.
    pub folder: Option<PathBuf>,
    /// Whether to leave the graphics driver alone.
    pub is_software: bool,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The report.
    pub report: Report,
    /// The page first, then the files of the folder.
    pub paths: Vec<PathBuf>,
    /// The length of the page, bytes.
    pub bytes: usize,
}

/// Writes the report of what the desk shows.
///
/// # Errors
///
/// If `job` is cancelled, or a file cannot be written. A map that cannot be drawn is left out, and
/// the report says so.
pub fn write(desk: &Desk, session: &Session, order: &Order, job: &Job) -> Result<Written, Stopped> {
    let looks = looks(desk, session);
    job.expect(looks.len() + 2);
    let mut about = order.about.clone();
    let mut pictures = Vec::new();
    for (part, caption, look) in looks {
        match map(desk, &look, order.is_software, job) {
            Ok(picture) => {
                let png = png_bytes(picture.size_px, &picture.rgb());
                pictures.push(report::Picture { part, caption, size_px: picture.size_px, png });
            }
            Err(Stopped::Cancelled) => return Err(Stopped::Cancelled),
            Err(Stopped::Failed(fault)) => {
                about.left_out.push(format!("A map could not be drawn: {fault}."));
            }
        }
        job.step()?;
    }
    let report = Report::of(desk, session, &about, pictures, job)?;
    job.step()?;
    let html = report.html();
    write_text(&order.page, &html).map_err(|error| Stopped::Failed(error.to_string()))?;
    let mut paths = vec![order.page.clone()];
    if let Some(folder) = &order.folder {
        paths.extend(report.files(desk, folder, &|scenes: &[&Scene]| paint(scenes, job), job)?);
    }
    job.step()?;
    Ok(Written { report, paths, bytes: html.len() })
}

/// The pictures of the map that a report has: the part that each belongs to, what it shows, and the
/// session that looks so.
fn looks(desk: &Desk, session: &Session) -> Vec<(&'static str, String, Session)> {
    if desk.filter.shown().is_none_or(|shown| shown.value.chosen.kept.is_empty()) {
        return Vec::new();
    }
    let mut plain = session.clone();
    // The whole, whatever is looked at; and nothing from the web.
    plain.map.zoom = 0.0;
    if !matches!(plain.map.base.base, Base::Coast | Base::PmTiles | Base::None) {
        plain.map.base.base = Base::Coast;
    }
    (plain.map.color_by, plain.map.density) = (TrackColor::ShipType, Density::Off);
    (plain.map.trips, plain.map.rest, plain.map.found) = (true, false, false);
    (plain.map.cuts, plain.map.removed, plain.map.outliers) = (false, false, false);
    (plain.map.kept, plain.map.path, plain.map.legend) = (false, false, true);
    (plain.map.gates, plain.map.areas, plain.map.reconstruction) = (false, false, false);
    (plain.map.ports, plain.map.voyages, plain.map.bound) = (false, false, false);
    plain.map.watch = WatchLayers::default();
    let mut dense = plain.clone();
    (dense.map.density, dense.map.trips) = (Density::ShipHours, false);
    let mut looks = vec![
        ("filter", "Trips by kind of ship".to_owned(), plain.clone()),
        ("filter", "Density: the time that ships spent in each place".to_owned(), dense),
    ];
    if desk.clusters.shown().is_some() {
        plain.map.color_by = TrackColor::Cluster;
        plain.map.routes = true;
        let part = if desk.routes.shown().is_some() { "routes" } else { "clusters" };
        looks.push((part, "Trips by cluster, with the routes of clusters".to_owned(), plain));
    }
    looks
}

fn map(desk: &Desk, session: &Session, is_software: bool, job: &Job) -> Result<Picture, Stopped> {
    let screen =
        Screen { size_px: MAP_PX, pixels_per_point: MAP_POINTS, is_dark: false, is_software };
    picture_of_map(&screen, desk, session, job)
}

/// A picture: its size, and red, green and blue of each pixel.
pub type Painted = ([u32; 2], Vec<u8>);

/// Drawings as pixels: size, and red, green and blue of each.
///
/// # Errors
///
/// If `job` is cancelled.
pub fn paint(scenes: &[&Scene], job: &Job) -> Result<Vec<Painted>, Stopped> {
    use rayon::prelude::*;
    let one = |scene: &&Scene| {
        job.go_on()?;
        let size_px = scene.size.map(|side| (side as f32 * CHART_POINTS).round() as u32);
        let screen =
            Screen { size_px, pixels_per_point: CHART_POINTS, is_dark: false, is_software: true };
        let scene: &Scene = scene;
        let picture = render(&screen, |_, _| {
            move |ui: &mut egui::Ui| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::WHITE);
                scene.items.iter().for_each(|item| draw(ui.painter(), item));
                Ok(true)
            }
        })?;
        Ok((picture.size_px, picture.rgb()))
    };
    scenes.par_iter().map(one).collect()
}

/// Writes a drawing as SVG, or as PNG, as the name of the file says.
///
/// # Errors
///
/// If `path` ends otherwise, or cannot be written.
fn write_scene(scene: &Scene, title: &str, path: &Path, job: &Job) -> Result<(), Stopped> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let outcome = match ending.as_str() {
        "svg" => write_text(path, &scene.svg(title)),
        "png" => {
            let painted = paint(&[scene], job)?;
            let (size_px, rgb) = painted.first().expect("one drawing, one picture");
            crate::flow::write_png(path, *size_px, rgb)
        }
        _ => {
            let text = "a plot is saved as .svg, .png or .csv, by the ending of its name";
            return Err(Stopped::Failed(format!("{text}\n{}", path.display())));
        }
    };
    outcome.map_err(|error| Stopped::Failed(error.to_string()))
}

/// Writes a plot: its values where `path` ends in `.csv`, else a picture, where it ends in
/// `.svg` or `.png`.
///
/// # Errors
///
/// If `path` ends otherwise, or cannot be written.
pub fn write_chart(chart: &Chart, path: &Path, job: &Job) -> Result<(), Stopped> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        return write_text(path, &chart.csv()).map_err(|error| Stopped::Failed(error.to_string()));
    }
    write_scene(&chart.scene(), &chart.title, path, job)
}

fn color_of(color: u32, opacity: f64) -> Color32 {
    let [_, red, green, blue] = color.to_be_bytes();
    Color32::from_rgba_unmultiplied(red, green, blue, (255.0 * opacity).round() as u8)
}

fn at([x, y]: [f64; 2]) -> Pos2 {
    pos2(x as f32, y as f32)
}

fn draw(painter: &Painter, item: &Item) {
    match item {
        Item::Path { points, stroke, fill } => {
            let corners: Vec<Pos2> = points.iter().copied().map(at).collect();
            if let Some(fill) = fill {
                let color = color_of(fill.color, fill.opacity);
                painter.add(Shape::convex_polygon(corners.clone(), color, Stroke::NONE));
            }
            if let Some(stroke) = stroke {
                let look = Stroke::new(stroke.width as f32, color_of(stroke.color, stroke.opacity));
                if stroke.is_dashed {
                    painter.extend(Shape::dashed_line(&corners, look, 4.0, 3.0));
                } else {
                    painter.add(Shape::line(corners, look));
                }
            }
        }
        Item::Areas { rings, fill } => {
            // A mesh of its own: feathered edges would show where areas touch.
            let mut mesh = egui::Mesh::default();
            let color = color_of(fill.color, fill.opacity);
            for ring in rings {
                let first = mesh.vertices.len() as u32;
                ring.iter().for_each(|corner| mesh.colored_vertex(at(*corner), color));
                for n in 1..(ring.len() as u32).saturating_sub(1) {
                    mesh.add_triangle(first, first + n, first + n + 1);
                }
            }
            painter.add(Shape::mesh(mesh));
        }
        Item::Dot { at: middle, radius, fill } => {
            let color = color_of(fill.color, fill.opacity);
            painter.circle_filled(at(*middle), *radius as f32, color);
        }
        Item::Text { at: place, text, size, anchor, turn_deg, color } => {
            let color = color_of(*color, 1.0);
            let font = FontId::proportional(*size as f32);
            let galley = painter.layout_no_wrap(text.clone(), font, color);
            // Texts stand on a line; galleys hang from their corner.
            let ascent = 0.8 * galley.size().y;
            let align = match anchor {
                Anchor::Start => Align2::LEFT_TOP,
                Anchor::Middle => Align2::CENTER_TOP,
                Anchor::End => Align2::RIGHT_TOP,
            };
            let corner = align.anchor_size(Pos2::ZERO, galley.size()).min - egui::vec2(0.0, ascent);
            let turn = (*turn_deg as f32).to_radians();
            let (sin, cos) = turn.sin_cos();
            let aside =
                egui::vec2(corner.x * cos - corner.y * sin, corner.x * sin + corner.y * cos);
            painter.add(TextShape::new(at(*place) + aside, galley, color).with_angle(turn));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chart::{COLORS, Chart};

    #[test]
    fn a_painted_bar_has_its_color_where_the_drawing_has_it() {
        let scene = Chart::bars("Ships", "Kind", "Ships", [("cargo", 10.0)]).scene();
        let painted = paint(&[&scene], &Job::default()).unwrap();
        let (size_px, rgb) = &painted[0];
        assert_eq!(*size_px, [1280, 640]);
        let pixel = |x: usize, y: usize| &rgb[3 * (y * 1280 + x)..][..3];
        let [_, red, green, blue] = COLORS[0].to_be_bytes();
        // The middle of the only bar, and a corner of the paper.
        assert_eq!(pixel(690, 400), [red, green, blue]);
        assert_eq!(pixel(1278, 2), [255, 255, 255]);
        let ink = rgb.chunks(3).filter(|pixel| pixel.iter().all(|part| *part < 0x60)).count();
        assert!(ink > 200, "{ink} pixels of text");
    }

    #[test]
    fn a_plot_is_saved_by_the_ending_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let chart = Chart::bars("Ships", "Kind", "Ships", [("cargo", 10.0)]);
        let write = |name: &str| write_chart(&chart, &folder.path().join(name), &Job::default());
        assert_eq!((write("a.svg"), write("a.PNG"), write("a.csv")), (Ok(()), Ok(()), Ok(())));
        let written = ["a.svg", "a.PNG", "a.csv"].map(|name| folder.path().join(name));
        assert!(written.iter().all(|path| path.metadata().is_ok_and(|file| file.len() > 10)));
        assert!(chart.csv().ends_with("\"cargo\",10\n"), "{}", chart.csv());
        let Err(Stopped::Failed(fault)) = write("a.jpg") else { panic!("it was written") };
        assert!(fault.contains(".svg, .png or .csv"), "{fault}");
    }
}
