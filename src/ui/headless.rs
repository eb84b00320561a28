//! Pictures of what the window draws, without a window: for reports, tests and machines without a
//! screen.
//!
//! The same egui code runs frame by frame until all is there, then one frame becomes a picture: by
//! the GPU (or a software driver of it) where there is one, else by `raster`, which draws
//! everything but the layers that live on the GPU.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use eframe::egui_wgpu::RenderState;
use egui::epaint::textures::TexturesDelta;
use egui::{
    Align2, ClippedPrimitive, Color32, Context, FontId, Pos2, RawInput, Rect, TextureId, Ui,
    ViewportId, vec2,
};

use super::cluster_view::ClusterView;
use super::map::MapPanel;
use super::map::colors::MapColors;
use super::offscreen::Offscreen;
use super::raster::Raster;
use super::theme;
use crate::base::job::{Job, Stopped};
use crate::flow::{Desk, Session};

/// Frames drawn after all is at hand: areas learn their sizes in the first, and settle.
const FRAMES: usize = 4;

/// As many frames may ask for another one; something that moves forever ends then.
const FRAMES_MAX: usize = 30;

/// Of the frames before the picture one of so many is drawn, the first that has all among them.
const DRAWN_EVERY: usize = 3;

/// How long to wait for a thread's news before a look of one's own.
const WAIT: Duration = Duration::from_millis(20);

/// What is behind everything that is drawn: nothing is transparent.
const GROUND: Color32 = Color32::BLACK;

/// What a picture is to be like.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Screen {
    /// Width and height, pixels.
    pub size_px: [u32; 2],
    /// Pixels to one of egui's points: 2 draws all text and lines twice as large.
    pub pixels_per_point: f32,
    /// The dark or the light theme.
    pub is_dark: bool,
    /// Whether to leave even a working GPU alone.
    pub is_software: bool,
}

/// A picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// Width and height, pixels.
    pub size_px: [u32; 2],
    /// Opaque colors, row by row from the top.
    pub pixels: Vec<Color32>,
    /// What drew it: `wgpu: ` and the device's name, or `software`.
    pub renderer: String,
    /// Why there is no help of a GPU, where it was wanted.
    pub remark: Option<String>,
}

impl Picture {
    /// Red, green and blue of each pixel, as picture files want them.
    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect()
    }
}

/// Draws a picture.
///
/// `begin` gets the context and the GPU, if there is one, and makes what draws a frame: that says
/// whether all it shows is at hand, or still being made on threads. (It should then ask for a
/// repaint when that is done, as in the window.) Should a driver fail on the way, `begin` is called
/// a second time, without a GPU.
///
/// # Errors
///
/// Those of the drawing alone: that there is always some way to draw is the point of it.
pub fn render<Draw: FnMut(&mut Ui) -> Result<bool, Stopped>>(
    screen: &Screen,
    mut begin: impl FnMut(&Context, Option<&RenderState>) -> Draw,
) -> Result<Picture, Stopped> {
    let mut remark = None;
    if !screen.is_software {
        match Offscreen::new() {
            Ok(offscreen) => {
                let renderer = format!("wgpu: {}", offscreen.name());
                let mut canvas = Canvas::Gpu(Box::new(offscreen));
                match play(screen, &mut canvas, &mut begin)? {
                    Ok(pixels) => {
                        let size_px = screen.size_px;
                        return Ok(Picture { size_px, pixels, renderer, remark });
                    }
                    Err(fault) => remark = Some(format!("the graphics driver failed: {fault}")),
                }
            }
            Err(fault) => remark = Some(format!("no graphics driver: {fault}")),
        }
    }
    let mut canvas = Canvas::Software(Raster::default());
    let pixels = play(screen, &mut canvas, &mut begin)?.map_err(Stopped::Failed)?;
    Ok(Picture { size_px: screen.size_px, pixels, renderer: "software".into(), remark })
}

/// The map as a picture: the layers that the window shows, drawn by the same code, as `session`
/// says. The desk must hold the trips. Made traffic is named as such in the picture.
///
/// # Errors
///
/// If `stop` is cancelled, or a layer cannot be made.
pub fn picture_of_map(
    screen: &Screen,
    desk: &Desk,
    session: &Session,
    stop: &Job,
) -> Result<Picture, Stopped> {
    render(screen, |context, render_state| {
        let mut map = MapPanel::new(context, render_state.cloned());
        let mut clusters = ClusterView::default();
        clusters.follow_desk(desk);
        let has_gpu = render_state.is_some();
        move |ui: &mut Ui| {
            stop.go_on()?;
            let is_ready = map.still(ui, desk, session, &clusters);
            // Without a GPU the map says just that, which the caller learns from the picture.
            if let Some(fault) = map.fault().filter(|_| is_ready && has_gpu) {
                return Err(Stopped::Failed(fault));
            }
            if session.sources.made.is_some() {
                say_that_it_is_made(ui);
            }
            Ok(is_ready)
        }
    })
}

/// At the bottom, in the middle: a picture of a made sea may come into hands that do not know it.
fn say_that_it_is_made(ui: &Ui) {
    let colors = MapColors::of(ui.visuals().dark_mode);
    let text = "Made traffic: no such ships exist".to_owned();
    let galley = ui.painter().layout_no_wrap(text, FontId::proportional(12.0), colors.ink);
    let at = ui.max_rect().center_bottom() - vec2(0.0, 8.0);
    let plate = Align2::CENTER_BOTTOM.anchor_size(at, galley.size() + vec2(10.0, 4.0));
    ui.painter().rect_filled(plate, 3.0, colors.plate);
    ui.painter().galley(plate.min + vec2(5.0, 2.0), galley, colors.ink);
}

/// What draws.
enum Canvas {
    Gpu(Box<Offscreen>),
    Software(Raster),
}

impl Canvas {
    fn set_textures(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for image in images {
                match self {
                    Canvas::Gpu(offscreen) => offscreen.set_texture(id, &image),
                    Canvas::Software(raster) => raster.set_texture(id, &image),
                }
            }
        }
    }

    fn free_texture(&mut self, id: TextureId) {
        match self {
            Canvas::Gpu(offscreen) => offscreen.free_texture(id),
            Canvas::Software(raster) => raster.free_texture(id),
        }
    }

    fn draw(
        &self,
        primitives: &[ClippedPrimitive],
        screen: &Screen,
    ) -> Result<Vec<Color32>, String> {
        let Screen { size_px, pixels_per_point, .. } = *screen;
        match self {
            Canvas::Gpu(offscreen) => offscreen.draw(primitives, pixels_per_point, size_px, GROUND),
            Canvas::Software(raster) => {
                Ok(raster.draw(primitives, pixels_per_point, size_px, GROUND))
            }
        }
    }
}

/// Plays frames until all is there, and draws the last. The outer error is the drawing's, the inner
/// one the canvas's.
fn play<Draw: FnMut(&mut Ui) -> Result<bool, Stopped>>(
    screen: &Screen,
    canvas: &mut Canvas,
    begin: &mut impl FnMut(&Context, Option<&RenderState>) -> Draw,
) -> Result<Result<Vec<Color32>, String>, Stopped> {
    let (context, woken) = context(screen);
    let mut draw = match canvas {
        Canvas::Gpu(offscreen) => begin(&context, Some(offscreen.render_state())),
        Canvas::Software(_) => begin(&context, None),
    };
    let (mut n_frames, mut n_ready) = (0, 0);
    loop {
        let mut is_ready = Ok(false);
        let mut output = context.run_ui(input(screen, n_frames), |ui| is_ready = draw(ui));
        canvas.set_textures(&mut output.textures_delta);
        let free: Vec<TextureId> = output.textures_delta.free.drain().collect();
        n_frames += 1;
        if is_ready? {
            n_ready += 1;
            let root = output.viewport_output.get(&ViewportId::ROOT);
            let is_calm = root.is_none_or(|root| root.repaint_delay > Duration::ZERO);
            if n_ready >= FRAMES_MAX || (n_ready >= FRAMES && is_calm) {
                let primitives = context.tessellate(output.shapes, output.pixels_per_point);
                return Ok(canvas.draw(&primitives, screen));
            }
            // What a layer finds out while it is drawn, it tells in a later frame: the density's
            // scale, in the legend.
            if n_ready % DRAWN_EVERY == 1 {
                let primitives = context.tessellate(output.shapes, output.pixels_per_point);
                if let Err(fault) = canvas.draw(&primitives, screen) {
                    return Ok(Err(fault));
                }
            }
        } else {
            n_ready = 0;
            woken.try_iter().for_each(drop); // The frame's own requests.
            woken.recv_timeout(WAIT).ok();
        }
        // What this frame still showed may go.
        free.into_iter().for_each(|id| canvas.free_texture(id));
    }
}

/// A context with our theme, and what hears of its requests to repaint.
fn context(screen: &Screen) -> (Context, Receiver<()>) {
    let context = Context::default();
    theme::apply(&context);
    context.set_theme(if screen.is_dark { egui::Theme::Dark } else { egui::Theme::Light });
    // Nothing fades in, moves or blinks: a picture has no time.
    context.all_styles_mut(|style| style.animation_time = 0.0);
    let (sender, woken) = channel();
    context.set_request_repaint_callback(move |_| {
        sender.send(()).ok(); // The picture may be done by now.
    });
    (context, woken)
}

/// What egui is told of frame `number`: the size, and a clock of equal steps.
fn input(screen: &Screen, number: u32) -> RawInput {
    let size = egui::Vec2::from(screen.size_px.map(|side| side as f32)) / screen.pixels_per_point;
    let mut input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
        time: Some(f64::from(number) / 60.0),
        focused: false,
        ..RawInput::default()
    };
    if let Some(root) = input.viewports.get_mut(&ViewportId::ROOT) {
        root.native_pixels_per_point = Some(screen.pixels_per_point);
    }
    input
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use egui::{Shape, Stroke, pos2};

    use super::*;

    /// Of a width whose rows a GPU pads.
    const SCREEN: Screen =
        Screen { size_px: [331, 200], pixels_per_point: 1.0, is_dark: true, is_software: true };

    fn of(screen: Screen, draw: impl Fn(&mut Ui) + Copy) -> Picture {
        render(&screen, |_, _| {
            move |ui: &mut Ui| {
                draw(ui);
                Ok(true)
            }
        })
        .unwrap()
    }

    fn at(picture: &Picture, x: usize, y: usize) -> [u8; 4] {
        picture.pixels[y * picture.size_px[0] as usize + x].to_array()
    }

    /// Text, lines, circles, panels and areas: what a map's furniture is made of.
    fn furniture(ui: &mut Ui) {
        let painter = ui.painter();
        painter.rect_filled(ui.max_rect(), 0.0, Color32::from_rgb(20, 30, 60));
        painter.circle_filled(pos2(80.0, 90.0), 40.0, Color32::from_rgb(180, 170, 90));
        let glass = Color32::from_rgba_unmultiplied(255, 255, 255, 120);
        painter.rect_filled(Rect::from_min_size(pos2(60.0, 60.0), vec2(90.0, 50.0)), 6.0, glass);
        let zigzag =
            (0..12).map(|n| pos2(10.0 + 25.0 * n as f32, if n % 2 == 0 { 20.0 } else { 180.0 }));
        painter.add(Shape::line(zigzag.collect(), Stroke::new(1.5, Color32::LIGHT_GREEN)));
        let font = FontId::proportional(15.0);
        painter.text(pos2(160.0, 100.0), Align2::LEFT_CENTER, "Scale 5 nmi", font, Color32::WHITE);
        egui::Area::new(ui.scope_id().with("legend"))
            .fixed_pos(pos2(200.0, 20.0))
            .show(ui.ctx(), |ui| egui::Frame::popup(ui.style()).show(ui, |ui| ui.label("Cargo")));
    }

    #[test]
    fn glyphs_are_darker_than_a_light_ground() {
        let picture = of(SCREEN, |ui| {
            ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::from_gray(240));
            let font = FontId::proportional(40.0);
            ui.painter().text(
                pos2(20.0, 20.0),
                Align2::LEFT_TOP,
                "I",
                font,
                Color32::from_gray(10),
            );
        });
        let dark = picture.pixels.iter().filter(|pixel| pixel.r() < 60).count();
        // A stroke some 28 pixels high, and 2 to 5 wide without its edges.
        assert!((50..200).contains(&dark), "{dark}");
        assert_eq!(at(&picture, 200, 100), [240, 240, 240, 255]);
        assert_eq!(picture.renderer, "software");
    }

    #[test]
    fn the_processor_and_the_gpu_draw_the_same() {
        for pixels_per_point in [1.0, 1.75] {
            let software = of(Screen { pixels_per_point, ..SCREEN }, furniture);
            let gpu = of(Screen { pixels_per_point, is_software: false, ..SCREEN }, furniture);
            if gpu.renderer == "software" {
                println!("skipped: the_processor_and_the_gpu_draw_the_same: no graphics driver");
                return;
            }
            let pairs = || software.pixels.iter().zip(&gpu.pixels);
            let difference: u32 = pairs()
                .flat_map(|(a, b)| a.to_array().into_iter().zip(b.to_array()))
                .map(|(a, b)| u32::from(a.abs_diff(b)))
                .sum();
            let mean = f64::from(difference) / (4 * software.pixels.len()) as f64;
            // Drivers round corners to a part of a pixel; whole shapes are alike.
            assert!(mean < 0.1, "a mean difference of {mean} of 255");
            let other = pairs().filter(|(a, b)| a.r().abs_diff(b.r()) > 40).count();
            assert!(other < 60, "{other} pixels of another color");
        }
    }

    #[test]
    fn frames_go_on_until_all_is_there_and_areas_are_seen_in_full() {
        let n_frames = Cell::new(0);
        let picture = render(&SCREEN, |_, _| {
            |ui: &mut Ui| {
                n_frames.update(|n| n + 1);
                let is_ready = n_frames.get() > 10;
                if is_ready {
                    let popup = egui::Frame::popup(ui.style()).fill(Color32::from_rgb(9, 200, 9));
                    egui::Area::new(ui.scope_id().with("late"))
                        .pivot(Align2::RIGHT_BOTTOM)
                        .fixed_pos(pos2(300.0, 180.0))
                        .show(ui.ctx(), |ui| popup.show(ui, |ui| ui.label("At last")));
                }
                Ok(is_ready)
            }
        });
        // No shadow of fading in, and at its place though its size was not known at first.
        assert_eq!(at(&picture.unwrap(), 285, 177), [9, 200, 9, 255]);
        assert!(n_frames.get() >= 10 + FRAMES, "{n_frames:?}");
    }

    #[test]
    fn a_drawing_that_fails_or_is_cancelled_gives_no_picture() {
        for stopped in [Stopped::Cancelled, Stopped::Failed("no".into())] {
            let outcome = render(&SCREEN, |_, _| |_: &mut Ui| Err(stopped.clone()));
            assert_eq!(outcome.unwrap_err(), stopped);
        }
    }

    #[test]
    fn what_moves_forever_ends_in_a_picture() {
        let picture = of(SCREEN, |ui| {
            ui.request_repaint();
            ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::RED);
        });
        assert_eq!(at(&picture, 160, 100), [255, 0, 0, 255]);
    }

    #[test]
    fn pixels_per_point_make_all_larger_and_themes_differ() {
        let square = |ui: &mut Ui| {
            let square = Rect::from_min_size(pos2(10.0, 10.0), vec2(20.0, 20.0));
            ui.painter().rect_filled(square, 0.0, ui.visuals().strong_text_color());
        };
        let fine = of(Screen { pixels_per_point: 2.0, ..SCREEN }, square);
        let light = of(Screen { is_dark: false, ..SCREEN }, square);
        assert_eq!((at(&fine, 55, 55), at(&fine, 62, 55)), ([255, 255, 255, 255], [0, 0, 0, 255]));
        assert_eq!((at(&light, 25, 25)[0], at(&light, 32, 25)[3]), (0, 255));
        assert_eq!(fine.rgb().len(), 3 * 331 * 200);
    }
}
