//! egui's triangles drawn by the processor: pictures on machines without any graphics driver.
//!
//! As egui's own shader does it: textures filtered, colors premultiplied and mixed as they are
//! encoded (not as light), rounded to a byte after every triangle. Paint callbacks are left out.

use std::collections::HashMap;

use egui::epaint::{ImageData, ImageDelta, Primitive, Vertex};
use egui::{ClippedPrimitive, Color32, Mesh, Rect, TextureFilter, TextureId, TextureWrapMode};
use rayon::prelude::*;

/// Rows that one thread draws at a time, at least.
const BAND_ROWS: usize = 16;

/// The textures of a screen that the processor draws.
#[derive(Default)]
pub struct Raster {
    textures: HashMap<TextureId, Texture>,
}

struct Texture {
    size: [usize; 2],
    texels: Vec<Color32>,
    is_nearest: bool,
    wrap: TextureWrapMode,
}

impl Raster {
    /// Makes a texture, or changes a part of one.
    pub fn set_texture(&mut self, id: TextureId, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let is_nearest = delta.options.magnification == TextureFilter::Nearest;
        let wrap = delta.options.wrap_mode;
        let Some([left, top]) = delta.pos else {
            let (size, texels) = (image.size, image.pixels.clone());
            self.textures.insert(id, Texture { size, texels, is_nearest, wrap });
            return;
        };
        let Some(texture) = self.textures.get_mut(&id) else { return };
        (texture.is_nearest, texture.wrap) = (is_nearest, wrap);
        let [width, height] = image.size;
        if width == 0 || left + width > texture.size[0] || top + height > texture.size[1] {
            return; // egui sends no such thing.
        }
        for (row, from) in image.pixels.chunks(width).enumerate() {
            let start = (top + row) * texture.size[0] + left;
            texture.texels[start..start + width].copy_from_slice(from);
        }
    }

    /// Forgets a texture.
    pub fn free_texture(&mut self, id: TextureId) {
        self.textures.remove(&id);
    }

    /// Draws `primitives` on `ground`, row by row from the top. Takes some 40 ms for a map of
    /// 1280 x 800 pixels and 240,000 triangles on 2 cores.
    pub fn draw(
        &self,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        size_px: [u32; 2],
        ground: Color32,
    ) -> Vec<Color32> {
        let n_bands = 4 * rayon::current_num_threads();
        let band_rows = (size_px[1] as usize).div_ceil(n_bands).max(BAND_ROWS);
        self.draw_in_bands(primitives, pixels_per_point, size_px, ground, band_rows)
    }

    fn draw_in_bands(
        &self,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        size_px: [u32; 2],
        ground: Color32,
        band_rows: usize,
    ) -> Vec<Color32> {
        let [width, height] = size_px.map(|side| side as usize);
        let mut pixels = vec![ground; width * height];
        let bands = pixels.par_chunks_mut((band_rows * width).max(1)).enumerate();
        bands.for_each(|(number, pixels)| {
            let top = number * band_rows;
            let mut band = Band { pixels, width, top };
            let bottom = top + band.pixels.len() / width;
            for ClippedPrimitive { clip_rect, primitive } in primitives {
                let Primitive::Mesh(mesh) = primitive else { continue };
                let Some(texture) = self.textures.get(&mesh.texture_id) else { continue };
                let clip = Clip::new(*clip_rect, pixels_per_point, size_px).in_rows(top, bottom);
                if clip.left < clip.right && clip.top < clip.bottom {
                    band.draw_mesh(mesh, texture, clip, pixels_per_point);
                }
            }
        });
        pixels
    }
}

impl Texture {
    /// The color at `uv`, parts of 1.
    fn sample(&self, [u, v]: [f32; 2]) -> [f32; 4] {
        let [x, y] = [u * self.size[0] as f32, v * self.size[1] as f32];
        if self.is_nearest {
            return self.texel(x.floor() as i64, y.floor() as i64);
        }
        let [x, y] = [x - 0.5, y - 0.5];
        let [left, top] = [x.floor(), y.floor()];
        let [right_part, below_part] = [x - left, y - top];
        let [left, top] = [left as i64, top as i64];
        let mix = |a: [f32; 4], b: [f32; 4], part: f32| {
            std::array::from_fn(|channel| a[channel] + part * (b[channel] - a[channel]))
        };
        let above = mix(self.texel(left, top), self.texel(left + 1, top), right_part);
        let below = mix(self.texel(left, top + 1), self.texel(left + 1, top + 1), right_part);
        mix(above, below, below_part)
    }

    fn texel(&self, x: i64, y: i64) -> [f32; 4] {
        let wrapped = |place: i64, length: usize| {
            let length = length as i64;
            match self.wrap {
                TextureWrapMode::ClampToEdge => place.clamp(0, (length - 1).max(0)),
                TextureWrapMode::Repeat => place.rem_euclid(length.max(1)),
                TextureWrapMode::MirroredRepeat => {
                    let phase = place.rem_euclid((2 * length).max(1));
                    phase.min(2 * length - 1 - phase)
                }
            }
        };
        let [x, y] = [wrapped(x, self.size[0]), wrapped(y, self.size[1])];
        let texel = self.texels.get(y as usize * self.size[0] + x as usize);
        texel.map_or([0.0; 4], |texel| texel.to_array().map(|channel| f32::from(channel) / 255.0))
    }
}

/// Pixels that may be drawn on, from the first to one past the last.
#[derive(Clone, Copy)]
struct Clip {
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

impl Clip {
    /// `rect` in whole pixels, as egui's renderer rounds it.
    fn new(rect: Rect, pixels_per_point: f32, size_px: [u32; 2]) -> Clip {
        let whole = |points: f32, most: u32| {
            ((pixels_per_point * points).round() as i64).clamp(0, i64::from(most))
        };
        Clip {
            left: whole(rect.min.x, size_px[0]),
            right: whole(rect.max.x, size_px[0]),
            top: whole(rect.min.y, size_px[1]),
            bottom: whole(rect.max.y, size_px[1]),
        }
    }

    fn in_rows(self, top: usize, bottom: usize) -> Clip {
        Clip { top: self.top.max(top as i64), bottom: self.bottom.min(bottom as i64), ..self }
    }
}

/// Some rows of the picture.
struct Band<'a> {
    pixels: &'a mut [Color32],
    width: usize,
    top: usize,
}

impl Band<'_> {
    fn draw_mesh(&mut self, mesh: &Mesh, texture: &Texture, clip: Clip, pixels_per_point: f32) {
        let (top, bottom) = (clip.top as f32, clip.bottom as f32);
        for indices in mesh.indices.chunks_exact(3) {
            let [Some(a), Some(b), Some(c)] =
                [0, 1, 2].map(|corner| mesh.vertices.get(indices[corner] as usize))
            else {
                continue;
            };
            let ys = [a, b, c].map(|corner| corner.pos.y * pixels_per_point);
            // Most triangles lie in other bands: a cheap look first. It is false for NaN, too.
            let lies_here = ys[0].min(ys[1]).min(ys[2]) < bottom
                && ys[0].max(ys[1]).max(ys[2]) > top
                && [a, b, c].iter().all(|corner| corner.pos.is_finite());
            if lies_here {
                self.draw_triangle([a, b, c], texture, clip, f64::from(pixels_per_point));
            }
        }
    }

    /// Draws the pixels whose middles lie in the triangle; of those on an edge, the ones to the
    /// right of it or below it, so that neighbors leave no gap and never overlap.
    fn draw_triangle(
        &mut self,
        vertices: [&Vertex; 3],
        texture: &Texture,
        clip: Clip,
        pixels_per_point: f64,
    ) {
        let places = vertices.map(|vertex| {
            [f64::from(vertex.pos.x), f64::from(vertex.pos.y)].map(|at| at * pixels_per_point)
        });
        let Some(paint) = Paint::new(vertices, places, texture) else { return };
        let mut sorted = places;
        sorted.sort_unstable_by(|a, b| a[1].total_cmp(&b[1]));
        let [high, middle, low] = sorted;
        for row in first_from(high[1]).max(clip.top)..first_from(low[1]).min(clip.bottom) {
            let y = row as f64 + 0.5;
            let long = crossing(high, low, y);
            let short =
                if y < middle[1] { crossing(high, middle, y) } else { crossing(middle, low, y) };
            let from = first_from(long.min(short)).max(clip.left);
            let to = first_from(long.max(short)).min(clip.right);
            if from < to {
                let start = (row as usize - self.top) * self.width;
                let span = &mut self.pixels[start + from as usize..start + to as usize];
                paint.fill(span, [from as f64 + 0.5, y]);
            }
        }
    }
}

/// The first pixel whose middle lies at `edge` or beyond.
fn first_from(edge: f64) -> i64 {
    (edge - 0.5).ceil() as i64
}

/// Where the edge from `high` down to `low` crosses the line at `y`. Two triangles that share an
/// edge get the very same number.
fn crossing(high: [f64; 2], low: [f64; 2], y: f64) -> f64 {
    high[0] + (y - high[1]) * (low[0] - high[0]) / (low[1] - high[1])
}

/// What fills a triangle.
enum Paint<'a> {
    /// One color everywhere: most triangles.
    Flat([u8; 4]),
    /// A color that changes.
    Shaded(Plane<4>),
    /// A texture tinted by a color.
    Textured { color: Plane<4>, uv: Plane<2>, texture: &'a Texture },
}

impl<'a> Paint<'a> {
    /// The paint of a triangle; `None` where it has no area or cannot be seen.
    fn new(
        vertices: [&Vertex; 3],
        places: [[f64; 2]; 3],
        texture: &'a Texture,
    ) -> Option<Paint<'a>> {
        let [a, b, c] = vertices;
        let is_seen = vertices.iter().any(|vertex| vertex.color != Color32::TRANSPARENT);
        let slopes = Slopes::new(places).filter(|_| is_seen)?;
        let is_flat = a.color == b.color && b.color == c.color;
        let colors = vertices.map(|vertex| vertex.color.to_array().map(f32::from));
        if a.uv == b.uv && b.uv == c.uv {
            let tint = texture.sample(a.uv.into());
            let colors = colors.map(|color| std::array::from_fn(|n| color[n] * tint[n]));
            return Some(if is_flat {
                Paint::Flat(colors[0].map(|channel: f32| (channel + 0.5) as u8))
            } else {
                Paint::Shaded(slopes.plane(colors))
            });
        }
        let uv = slopes.plane(vertices.map(|vertex| vertex.uv.into()));
        Some(Paint::Textured { color: slopes.plane(colors), uv, texture })
    }

    /// Paints a row of pixels of which the first has its middle at `at`.
    fn fill(&self, span: &mut [Color32], at: [f64; 2]) {
        match self {
            Paint::Flat([r, g, b, 255]) => {
                span.fill(Color32::from_rgba_premultiplied(*r, *g, *b, 255));
            }
            Paint::Flat(color) => span.iter_mut().for_each(|pixel| *pixel = over(*color, *pixel)),
            Paint::Shaded(colors) => {
                let mut color = colors.at(at);
                for pixel in span {
                    *pixel = over_exactly(color, *pixel);
                    add(&mut color, colors.to_right);
                }
            }
            Paint::Textured { color: colors, uv: places, texture } => {
                let (mut color, mut uv) = (colors.at(at), places.at(at));
                for pixel in span {
                    let tint = texture.sample(uv);
                    let tinted = std::array::from_fn(|n| color[n] * tint[n]);
                    *pixel = over_exactly(tinted, *pixel);
                    add(&mut color, colors.to_right);
                    add(&mut uv, places.to_right);
                }
            }
        }
    }
}

fn add<const N: usize>(values: &mut [f32; N], steps: [f32; N]) {
    values.iter_mut().zip(steps).for_each(|(value, step)| *value += step);
}

/// A premultiplied color over another.
fn over(color: [u8; 4], ground: Color32) -> Color32 {
    let rest = u32::from(255 - color[3]);
    let ground = ground.to_array();
    let [r, g, b, a] = std::array::from_fn(|n| {
        let sum = u32::from(color[n]) * 255 + u32::from(ground[n]) * rest;
        ((sum + 127) / 255).min(255) as u8
    });
    Color32::from_rgba_premultiplied(r, g, b, a)
}

/// The same for a color between the steps of a byte.
fn over_exactly(color: [f32; 4], ground: Color32) -> Color32 {
    let rest = (1.0 - color[3] / 255.0).clamp(0.0, 1.0);
    let ground = ground.to_array();
    let [r, g, b, a] =
        std::array::from_fn(|n| (color[n] + f32::from(ground[n]) * rest + 0.5) as u8);
    Color32::from_rgba_premultiplied(r, g, b, a)
}

/// Values that change evenly over a triangle.
struct Plane<const N: usize> {
    origin: [f64; 2],
    at_origin: [f32; N],
    to_right: [f32; N],
    down: [f32; N],
}

impl<const N: usize> Plane<N> {
    fn at(&self, at: [f64; 2]) -> [f32; N] {
        let [x, y] = [at[0] - self.origin[0], at[1] - self.origin[1]];
        std::array::from_fn(|n| {
            let slope = f64::from(self.to_right[n]) * x + f64::from(self.down[n]) * y;
            (f64::from(self.at_origin[n]) + slope) as f32
        })
    }
}

/// A triangle's edges from its first corner, and twice its area.
struct Slopes {
    origin: [f64; 2],
    b: [f64; 2],
    c: [f64; 2],
    area: f64,
}

impl Slopes {
    /// `None` for a triangle without area.
    fn new([a, b, c]: [[f64; 2]; 3]) -> Option<Slopes> {
        let [b, c] = [b, c].map(|corner| [corner[0] - a[0], corner[1] - a[1]]);
        let area = b[0] * c[1] - c[0] * b[1];
        (area != 0.0).then_some(Slopes { origin: a, b, c, area })
    }

    /// The plane through `values` at the corners.
    fn plane<const N: usize>(&self, [a, b, c]: [[f32; N]; 3]) -> Plane<N> {
        let rise = |n: usize| [f64::from(b[n] - a[n]), f64::from(c[n] - a[n])];
        Plane {
            origin: self.origin,
            at_origin: a,
            to_right: std::array::from_fn(|n| {
                let [to_b, to_c] = rise(n);
                ((to_b * self.c[1] - to_c * self.b[1]) / self.area) as f32
            }),
            down: std::array::from_fn(|n| {
                let [to_b, to_c] = rise(n);
                ((to_c * self.b[0] - to_b * self.c[0]) / self.area) as f32
            }),
        }
    }
}

#[cfg(test)]
mod tests;
