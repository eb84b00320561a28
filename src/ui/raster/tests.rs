//! Pixels computed by hand.

use egui::{ColorImage, TextureOptions, pos2, vec2};

use super::*;

const WHITE: TextureId = TextureId::Managed(0);
const SIZE: [u32; 2] = [40, 30];
const EVERYWHERE: Rect = Rect::EVERYTHING;

/// A raster whose one texture is a white texel.
fn raster() -> Raster {
    let mut raster = Raster::default();
    raster.set_texture(WHITE, &full([1, 1], vec![Color32::WHITE], TextureOptions::LINEAR));
    raster
}

fn full(size: [usize; 2], texels: Vec<Color32>, options: TextureOptions) -> ImageDelta {
    ImageDelta::full(ColorImage::new(size, texels), options)
}

/// Corners with their colors; triangles of each three of them.
fn triangles(corners: &[(f32, f32, Color32)]) -> Mesh {
    let mut mesh = Mesh::with_texture(WHITE);
    mesh.indices = (0..corners.len() as u32).collect();
    mesh.vertices = corners
        .iter()
        .map(|(x, y, color)| Vertex { pos: pos2(*x, *y), uv: pos2(0.0, 0.0), color: *color })
        .collect();
    mesh
}

fn rectangle(left: f32, top: f32, width: f32, height: f32, color: Color32) -> Mesh {
    let mut mesh = Mesh::with_texture(WHITE);
    mesh.add_colored_rect(Rect::from_min_size(pos2(left, top), vec2(width, height)), color);
    mesh
}

/// Draws meshes, each in its clip rectangle, on black.
fn draw(raster: &Raster, meshes: Vec<(Rect, Mesh)>) -> Vec<Color32> {
    raster.draw(&clipped(meshes), 1.0, SIZE, Color32::BLACK)
}

fn clipped(meshes: Vec<(Rect, Mesh)>) -> Vec<ClippedPrimitive> {
    let clipped =
        |(clip_rect, mesh)| ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) };
    meshes.into_iter().map(clipped).collect()
}

fn at(pixels: &[Color32], x: usize, y: usize) -> [u8; 4] {
    pixels[y * SIZE[0] as usize + x].to_array()
}

/// How many pixels are not as black as the ground.
fn n_drawn(pixels: &[Color32]) -> usize {
    pixels.iter().filter(|pixel| **pixel != Color32::BLACK).count()
}

#[test]
fn a_rectangle_covers_the_pixels_whose_middles_lie_in_it() {
    let red = Color32::from_rgb(200, 10, 0);
    let pixels = draw(&raster(), vec![(EVERYWHERE, rectangle(10.0, 5.0, 8.0, 4.0, red))]);
    assert_eq!(n_drawn(&pixels), 32);
    assert_eq!(at(&pixels, 10, 5), [200, 10, 0, 255]);
    assert_eq!(at(&pixels, 17, 8), [200, 10, 0, 255]);
    for (x, y) in [(9, 5), (10, 4), (18, 8), (17, 9)] {
        assert_eq!(at(&pixels, x, y), [0, 0, 0, 255], "{x} {y}");
    }
    // The middles of the first column and the last row lie outside.
    let moved = draw(&raster(), vec![(EVERYWHERE, rectangle(10.6, 5.4, 8.0, 4.0, red))]);
    assert_eq!(n_drawn(&moved), 32);
    assert_eq!((at(&moved, 10, 5)[0], at(&moved, 18, 8)[0], at(&moved, 18, 9)[0]), (0, 200, 0));
}

#[test]
fn a_half_transparent_rectangle_mixes_with_what_is_below_it() {
    let below = rectangle(0.0, 0.0, 40.0, 30.0, Color32::from_rgb(200, 0, 50));
    let above = Color32::from_rgba_premultiplied(0, 64, 10, 128);
    let pixels = draw(
        &raster(),
        vec![(EVERYWHERE, below), (EVERYWHERE, rectangle(4.0, 4.0, 10.0, 10.0, above))],
    );
    // 200 · 127/255 = 99.6; 10 + 50 · 127/255 = 34.9. On the diagonal, too: nothing is drawn twice.
    for place in 4..14 {
        assert_eq!(at(&pixels, place, place), [100, 64, 35, 255]);
        assert_eq!(at(&pixels, place, 17 - place), [100, 64, 35, 255]);
    }
    assert_eq!(at(&pixels, 14, 14), [200, 0, 50, 255]);
}

#[test]
fn a_color_without_opacity_is_added_to_what_is_below() {
    let glow = Color32::from_rgba_premultiplied(20, 20, 20, 0);
    let all = || rectangle(0.0, 0.0, 40.0, 30.0, glow);
    let pixels = draw(&raster(), vec![(EVERYWHERE, all()), (EVERYWHERE, all())]);
    assert_eq!(at(&pixels, 20, 15), [40, 40, 40, 255]);
    let many = (0..14).map(|_| (EVERYWHERE, all())).collect();
    assert_eq!(at(&draw(&raster(), many), 20, 15), [255, 255, 255, 255]);
}

#[test]
fn nothing_is_drawn_outside_of_the_clip_rectangle() {
    let clip = Rect::from_min_max(pos2(3.4, 2.0), pos2(6.6, 4.0)); // Pixels 3 to 6 and 2 to 3.
    let pixels = draw(&raster(), vec![(clip, rectangle(0.0, 0.0, 40.0, 30.0, Color32::WHITE))]);
    assert_eq!(n_drawn(&pixels), 4 * 2);
    assert_eq!((at(&pixels, 3, 2)[0], at(&pixels, 6, 3)[0]), (255, 255));
    let outside = Rect::from_min_max(pos2(-9.0, -9.0), pos2(0.0, 50.0));
    let none = draw(&raster(), vec![(outside, rectangle(0.0, 0.0, 40.0, 30.0, Color32::WHITE))]);
    assert_eq!(n_drawn(&none), 0);
}

#[test]
fn colors_change_evenly_from_corner_to_corner() {
    let gray = Color32::from_gray;
    let corners = [(0.0, 0.0, gray(40)), (32.0, 0.0, gray(200)), (0.0, 20.0, gray(0))];
    let pixels = draw(&raster(), vec![(EVERYWHERE, triangles(&corners))]);
    // 5 a pixel to the right, -2 a pixel down; the middle of the first lies half a pixel in.
    for (x, y) in [(0, 0), (15, 0), (15, 9), (7, 14), (1, 18)] {
        let expected = (40.0 + 5.0 * (x as f32 + 0.5) - 2.0 * (y as f32 + 0.5)).round() as u8;
        assert!(at(&pixels, x, y)[0].abs_diff(expected) <= 1, "{x} {y}: {:?}", at(&pixels, x, y));
    }
}

#[test]
fn neighbors_leave_no_gap_and_never_overlap() {
    // A fan of narrow triangles around a crooked middle; each adds one to what it covers.
    let one = Color32::from_rgba_premultiplied(1, 1, 1, 0);
    let rim = |n: usize| {
        let turn = n as f32 / 61.0 * std::f32::consts::TAU;
        (19.3 + 60.0 * turn.cos(), 14.7 + 60.0 * turn.sin(), one)
    };
    let fan: Vec<_> =
        (0..61).flat_map(|n| [(19.3, 14.7, one), rim(n), rim((n + 1) % 61)]).collect();
    let pixels = draw(&raster(), vec![(EVERYWHERE, triangles(&fan))]);
    assert!(pixels.iter().all(|pixel| pixel.to_array() == [1, 1, 1, 255]));
}

#[test]
fn a_picture_is_the_same_in_bands_of_any_height() {
    let shade = |n: u8| Color32::from_rgba_premultiplied(n, 90, 200 - n, 220);
    let corners = [(1.0, -70.0, shade(0)), (39.0, 11.3, shade(180)), (-8.0, 55.5, shade(60))];
    let scene = clipped(vec![(EVERYWHERE, triangles(&corners))]);
    let whole = raster().draw_in_bands(&scene, 1.3, SIZE, Color32::BLACK, 30);
    for rows in [1, 7, 16] {
        assert!(raster().draw_in_bands(&scene, 1.3, SIZE, Color32::BLACK, rows) == whole, "{rows}");
    }
    assert!(n_drawn(&whole) > 300);
}

#[test]
fn a_part_of_a_texture_changes_and_the_rest_stays() {
    let [r, g, b] =
        [[200, 0, 0], [0, 200, 0], [0, 0, 200]].map(|[r, g, b]| Color32::from_rgb(r, g, b));
    let mut raster = raster();
    let id = TextureId::Managed(7);
    raster.set_texture(id, &full([2, 2], vec![r, g, g, r], TextureOptions::NEAREST));
    let patch = ColorImage::new([1, 1], vec![b]);
    raster.set_texture(id, &ImageDelta::partial([1, 1], patch, TextureOptions::NEAREST));
    let mut mesh = Mesh::with_texture(id);
    let unit = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    mesh.add_rect_with_uv(
        Rect::from_min_size(pos2(0.0, 0.0), vec2(8.0, 8.0)),
        unit,
        Color32::WHITE,
    );
    let pixels = draw(&raster, vec![(EVERYWHERE, mesh.clone())]);
    let found = [(0, 0), (3, 3), (4, 0), (7, 7), (0, 4), (3, 7)].map(|(x, y)| at(&pixels, x, y));
    assert_eq!(found, [r, r, g, b, g, g].map(|color| color.to_array()));
    raster.free_texture(id);
    assert_eq!(n_drawn(&draw(&raster, vec![(EVERYWHERE, mesh)])), 0);
}

#[test]
fn a_texture_is_filtered_and_tinted_and_wrapped() {
    let sample = |options: TextureOptions, u: f32| {
        let mut raster = raster();
        let texels = vec![Color32::from_gray(0), Color32::from_gray(200)];
        raster.set_texture(WHITE, &full([2, 1], texels, options));
        (raster.textures[&WHITE].sample([u, 0.5])[0] * 255.0).round() as u8
    };
    // Between the texels' middles at 1/4 and 3/4 it rises evenly; beyond them it stays.
    for (u, expected) in [(0.0, 0), (0.25, 0), (0.5, 100), (0.625, 150), (0.75, 200), (1.9, 200)] {
        assert_eq!(sample(TextureOptions::LINEAR, u), expected, "{u}");
    }
    for (u, expected) in [(-0.25, 200), (1.0, 100), (1.25, 0)] {
        assert_eq!(sample(TextureOptions::LINEAR_REPEAT, u), expected, "{u}");
    }
    for (u, expected) in [(-0.25, 0), (1.0, 200), (1.25, 200), (1.75, 0)] {
        assert_eq!(sample(TextureOptions::LINEAR_MIRRORED_REPEAT, u), expected, "{u}");
    }
    let mut square = raster();
    let texels = [0, 40, 80, 200].map(Color32::from_gray).to_vec();
    square.set_texture(WHITE, &full([2, 2], texels, TextureOptions::LINEAR));
    let found = square.textures[&WHITE].sample([0.375, 0.625])[0] * 255.0;
    // Above 1/4 of the way from 0 to 40, below from 80 to 200; of these 3/4 of the way down.
    assert!((found - (10.0 + 0.75 * 100.0)).abs() < 1e-3, "{found}");
    assert_eq!(
        (sample(TextureOptions::NEAREST, 0.49), sample(TextureOptions::NEAREST, 0.51)),
        (0, 200)
    );
}

#[test]
fn broken_and_far_off_triangles_harm_nothing() {
    let white = Color32::WHITE;
    let corners = [
        (f32::NAN, 3.0, white),
        (5.0, 5.0, white),
        (9.0, 9.0, white),
        (f32::INFINITY, 0.0, white),
        (0.0, 9.0, white),
        (9.0, 9.0, white),
        (3.0, 3.0, white), // No area.
        (9.0, 3.0, white),
        (6.0, 3.0, white),
    ];
    let mut broken = triangles(&corners);
    broken.indices.extend([0, 1, 999]);
    assert_eq!(n_drawn(&draw(&raster(), vec![(EVERYWHERE, broken)])), 0);
    let far = [(-1e9, -1e9, white), (1e9, -1e9, white), (0.0, 2e9, white)];
    assert_eq!(n_drawn(&draw(&raster(), vec![(EVERYWHERE, triangles(&far))])), 40 * 30);
}
