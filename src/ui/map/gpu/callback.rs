//! What draws tracks in a frame.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use egui::PaintCallbackInfo;

use super::{Buffers, Gpu, Table, VERTEX_BYTES};

/// How many times a frame can draw the tracks of one map: twice for each copy of the world.
pub const SCENES_MAX: usize = 80;

/// What the shader is told of a map: `Scene` of `tracks.wgsl`.
#[derive(Clone, Copy, PartialEq, Debug, bytemuck::Pod, bytemuck::Zeroable)]
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
    /// To a whole number of vectors.
    pub pad: [f32; 2],
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
    scene_buffer: Mutex<Option<SceneBuffer>>,
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
            scene_buffer: Mutex::new(None),
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
        let mut bytes = vec![0; self.gpu.stride as usize * self.scenes.len()];
        let screen_px = screen.size_in_pixels.map(|side| side as f32);
        for (to, scene) in bytes.chunks_mut(self.gpu.stride as usize).zip(&self.scenes) {
            let scene = Scene { screen_px, ..*scene };
            to[..size_of::<Scene>()].copy_from_slice(bytemuck::bytes_of(&scene));
        }
        let mut own = self.scene_buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.get_or_insert_with(|| {
            let spare = self.gpu.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            spare.unwrap_or_else(|| SceneBuffer::new(device, &self.gpu))
        });
        queue.write_buffer(&own.buffer, 0, &bytes);
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _: &CallbackResources,
    ) {
        let own = self.scene_buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(own), Some(level)) = (&*own, self.buffers.levels.get(self.level)) else { return };
        // The scene counts pixels from the corner of the screen, wherever the map's rectangle lies.
        let [width, height] = info.screen_size_px.map(|side| side as f32);
        pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
        pass.set_bind_group(1, &self.table.group, &[]);
        let mut set = None;
        for Draw { scene, is_points, range } in &self.draws {
            pass.set_bind_group(0, &own.group, &[(*scene as u64 * self.gpu.stride) as u32]);
            let mut first = range.start;
            while first < range.end {
                let index = first / level.buffer_len;
                let start = index * level.buffer_len;
                let end = range.end.min(start + level.buffer_len);
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
                pass.draw(0..4, (first - start) as u32..(end - start) as u32);
                first = end;
            }
        }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        let own = self.scene_buffer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        self.gpu.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
    }
}

/// Where the scenes of one map in one frame go.
pub(super) struct SceneBuffer {
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl SceneBuffer {
    fn new(device: &wgpu::Device, gpu: &Gpu) -> SceneBuffer {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("scenes of tracks"),
            size: gpu.stride * SCENES_MAX as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("scenes of tracks"),
            layout: &gpu.scene_layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &buffer,
                    offset: 0,
                    size: wgpu::BufferSize::new(size_of::<Scene>() as u64),
                }),
            }],
        });
        SceneBuffer { buffer, group }
    }
}
