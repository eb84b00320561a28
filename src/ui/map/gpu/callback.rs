//! What draws tracks in a frame.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use egui::PaintCallbackInfo;

use super::scenes::Scenes;
use super::{Buffers, Gpu, Table, VERTEX_BYTES};

/// What the shader is told of a map: `Scene` of `tracks.wgsl`.
#[derive(Clone, Copy, PartialEq, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Scene {
    /// The middle of the view in whole units.
    pub center: [i32; 2],
    /// Which copy of the world, counted from the one with the center.
    pub copy: i32,
    /// Where the color comes from, and what is drawn.
    pub flags: u32,
    /// Size of the screen in pixels of the device.
    pub screen_px: [f32; 2],
    /// Where `center` lies on the screen.
    pub middle_px: [f32; 2],
    /// Pixels to a unit.
    pub px_per_unit: f32,
    /// Half the width of a line.
    pub half_width_px: f32,
    /// Opacity.
    pub alpha: f32,
    /// What was reported outside of trips keeps this part of it.
    pub rest_alpha: f32,
    /// First and last time, in steps of the clock.
    pub time_window: [f32; 2],
    /// Least and greatest speed, tenths of a knot.
    pub speed_window: [f32; 2],
    /// Where the color scale begins, and one over its length.
    pub value_scale: [f32; 2],
    /// The slot under the pointer, or `u32::MAX`.
    pub hovered: u32,
    /// The row of the palette.
    pub palette_row: i32,
    /// The color of all, if it is one.
    pub single: [f32; 4],
    /// What the colors of the selected are mixed with, and how much of it.
    pub highlight: [f32; 4],
    /// Radius of points.
    pub point_px: f32,
    /// Length of arrowheads from their middle; 0 for none.
    pub arrow_px: f32,
    /// What is faint keeps this part of its opacity.
    pub faint_alpha: f32,
    /// To a whole number of vectors.
    pub pad: f32,
}

/// Which vertices to draw, how, and with which scene.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draw {
    /// Index of the scene.
    pub scene: usize,
    /// Points instead of legs.
    pub is_points: bool,
    /// Vertices of the level; of legs the ones they end in.
    pub range: Range<usize>,
}

/// What draws tracks in a frame.
pub struct Callback {
    gpu: Arc<Gpu>,
    buffers: Arc<Buffers>,
    table: Arc<Table>,
    level: usize,
    scenes: Vec<Scene>,
    draws: Vec<Draw>,
    sent: OnceLock<Scenes>,
}

impl Callback {
    /// Draws `draws` of a level with `scenes`.
    pub fn new(
        gpu: &Arc<Gpu>,
        buffers: &Arc<Buffers>,
        table: &Arc<Table>,
        level: usize,
        scenes: Vec<Scene>,
        draws: Vec<Draw>,
    ) -> Callback {
        Callback {
            gpu: Arc::clone(gpu),
            buffers: Arc::clone(buffers),
            table: Arc::clone(table),
            level,
            scenes,
            draws,
            sent: OnceLock::new(),
        }
    }
}

impl CallbackTrait for Callback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        _: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let screen_px = screen.size_in_pixels.map(|side| side as f32);
        let scenes = self.scenes.iter().map(|scene| Scene { screen_px, ..*scene });
        self.sent.get_or_init(|| self.gpu.scenes.lend(device, queue, scenes));
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _: &CallbackResources,
    ) {
        let (Some(sent), Some(level)) = (self.sent.get(), self.buffers.levels.get(self.level))
        else {
            return;
        };
        // The scene counts pixels from the corner of the screen, wherever the map's rectangle lies.
        let [width, height] = info.screen_size_px.map(|side| side as f32);
        pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
        pass.set_bind_group(1, &self.table.group, &[]);
        let mut set = None;
        for Draw { scene, is_points, range } in &self.draws {
            sent.bind(pass, *scene);
            for (index, part) in level.parts(range.clone()) {
                if set != Some((*is_points, index)) {
                    set = Some((*is_points, index));
                    let buffer = &level.buffers[index];
                    if *is_points {
                        pass.set_pipeline(&self.gpu.points);
                        pass.set_vertex_buffer(0, buffer.slice(VERTEX_BYTES..));
                    } else {
                        pass.set_pipeline(&self.gpu.legs);
                        pass.set_vertex_buffer(0, buffer.slice(..buffer.size() - VERTEX_BYTES));
                        pass.set_vertex_buffer(1, buffer.slice(VERTEX_BYTES..));
                    }
                }
                pass.draw(0..4, part);
            }
        }
    }
}
