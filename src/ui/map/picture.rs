//! For tests: layers drawn by the software renderer, and what can be counted in the pictures.

use std::sync::Arc;

use eframe::egui_wgpu::{self, RenderState, WgpuSetup};
use egui::{Color32, Painter, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};

/// The rectangle that is drawn.
pub const SCREEN: Rect = Rect { min: Pos2::ZERO, max: pos2(400.0, 300.0) };

/// A GPU, and what it draws on.
pub struct Screen {
    pub render_state: RenderState,
    pub pixels_per_point: f32,
}

/// What was drawn on black, as red, green and blue.
pub struct Picture {
    pub width: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Screen {
    /// A GPU with what the window asks for, in software if there is one; `None` where there is no
    /// GPU at all.
    pub fn new() -> Option<Screen> {
        let mut setup = default_wgpu_setup();
        if let WgpuSetup::CreateNew(setup) = &mut setup {
            let given = Arc::clone(&setup.device_descriptor);
            setup.device_descriptor = Arc::new(move |adapter| wgpu::DeviceDescriptor {
                required_features: adapter.features() & wgpu::Features::FLOAT32_BLENDABLE,
                ..given(adapter)
            });
        }
        Screen::with(setup)
    }

    /// The same with a GPU that is asked for in a certain way.
    pub fn with(setup: WgpuSetup) -> Option<Screen> {
        let make = || create_render_state(setup, egui_wgpu::RendererOptions::PREDICTABLE);
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(make));
        let Ok(render_state) = made else {
            eprintln!("skipped: no GPU adapter");
            return None;
        };
        Some(Screen { render_state, pixels_per_point: 1.0 })
    }

    /// The picture that `draw` makes.
    pub fn draw(&self, draw: impl FnMut(&Painter)) -> Picture {
        let mut draw = draw;
        // A renderer of its own for each picture, on the same device.
        let renderer = egui_wgpu::Renderer::new(
            &self.render_state.device,
            self.render_state.target_format,
            egui_wgpu::RendererOptions::PREDICTABLE,
        );
        let mut render_state = self.render_state.clone();
        render_state.renderer = Arc::new(egui::mutex::RwLock::new(renderer));
        let mut harness = Harness::builder()
            .with_size(SCREEN.size())
            .with_pixels_per_point(self.pixels_per_point)
            .renderer(WgpuTestRenderer::from_render_state(render_state))
            .build_ui(|ui| {
                let painter = ui.ctx().layer_painter(egui::LayerId::background());
                painter.rect_filled(SCREEN.expand(1.0), 0.0, Color32::BLACK);
                draw(&painter);
            });
        let image = harness.render().expect("the picture is drawn");
        let pixels = image.pixels().map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        Picture { width: image.width() as usize, pixels }
    }
}

impl Picture {
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    pub fn near(&self, place: Pos2) -> [u8; 3] {
        self.at(place.x as usize, place.y as usize)
    }

    /// How many pixels are covered, in parts of a full green or white one.
    pub fn covered(&self) -> f64 {
        self.pixels.iter().map(|pixel| f64::from(pixel[1]) / 255.0).sum()
    }

    /// Where in row `y` the light is, as the mean over all of it, and how much.
    pub fn light_in_row(&self, y: usize) -> (f64, f64) {
        let row = &self.pixels[y * self.width..(y + 1) * self.width];
        let light = |pixel: &[u8; 3]| f64::from(pixel[1]) / 255.0;
        let sum: f64 = row.iter().map(light).sum();
        let moment: f64 =
            (0..).zip(row).map(|(x, pixel)| (f64::from(x) + 0.5) * light(pixel)).sum();
        (moment / sum, sum)
    }

    /// Where the light of all is, and how much.
    pub fn light(&self) -> (Pos2, f64) {
        let (mut x_sum, mut y_sum, mut sum) = (0.0, 0.0, 0.0);
        for (index, pixel) in self.pixels.iter().enumerate() {
            let light = f64::from(pixel[1]) / 255.0;
            x_sum += ((index % self.width) as f64 + 0.5) * light;
            y_sum += ((index / self.width) as f64 + 0.5) * light;
            sum += light;
        }
        (pos2((x_sum / sum) as f32, (y_sum / sum) as f32), sum)
    }
}
