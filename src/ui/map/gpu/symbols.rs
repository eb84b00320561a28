//! What symbols need on the GPU.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use egui::PaintCallbackInfo;

use super::scenes::Scenes;
use super::{Gpu, PLANE, VERTEX_BYTES, shader};
use crate::ui::map::symbols::Packed;

const SYMBOL_BYTES: u64 = size_of::<Packed>() as u64;

/// What the shader is told of a map: `Scene` of `symbols.wgsl`.
#[derive(Clone, Copy, PartialEq, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct SymbolScene {
    /// The middle of the view in whole units.
    pub center: [i32; 2],
    /// Which copy of the world, counted from the one with the center.
    pub copy: i32,
    /// Bits: the target converts to sRGB itself; there is a time window.
    pub flags: u32,
    /// Size of the screen in pixels of the device.
    pub screen_px: [f32; 2],
    /// Where `center` lies on the screen.
    pub middle_px: [f32; 2],
    /// Pixels to a unit.
    pub px_per_unit: f32,
    /// Pixels to a point of a symbol's size.
    pub px_per_point: f32,
    /// Opacity.
    pub alpha: f32,
    /// A bit for each class that is shown.
    pub classes: u32,
    /// First and last time, in steps of the clock.
    pub time_window: [f32; 2],
    /// Width of the line around symbols.
    pub outline_px: f32,
    /// To a whole number of vectors.
    pub pad: f32,
    /// Its color, premultiplied.
    pub outline: [f32; 4],
}

/// Symbols on the GPU.
pub struct SymbolBuffers {
    buffers: Vec<wgpu::Buffer>,
    /// Symbols that each buffer has room for.
    len: usize,
}

/// What draws symbols in a frame.
pub struct SymbolCallback {
    gpu: Arc<Gpu>,
    buffers: Arc<SymbolBuffers>,
    scenes: Vec<SymbolScene>,
    /// With which scene, which symbols.
    draws: Vec<(usize, Range<usize>)>,
    sent: OnceLock<Scenes>,
}

impl SymbolBuffers {
    /// How many symbols there is room for.
    pub fn room(&self) -> usize {
        self.buffers.len() * self.len
    }

    /// Sends symbols, of which there may be fewer than there is room for. Frames drawn before show
    /// what was sent before.
    pub fn write(&self, queue: &wgpu::Queue, symbols: &[Packed]) {
        for (buffer, part) in self.buffers.iter().zip(symbols.chunks(self.len)) {
            queue.write_buffer(buffer, 0, bytemuck::cast_slice(part));
        }
    }
}

impl Gpu {
    /// Room for `n` symbols.
    pub fn symbol_buffers(&self, device: &wgpu::Device, n: usize) -> SymbolBuffers {
        let most = self.buffer_len * VERTEX_BYTES as usize / SYMBOL_BYTES as usize;
        let len = n.clamp(1, most);
        let buffer = |_| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("symbols"),
                size: len as u64 * SYMBOL_BYTES,
                usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        SymbolBuffers { buffers: (0..n.div_ceil(len)).map(buffer).collect(), len }
    }

    fn symbols(&self, device: &wgpu::Device) -> &wgpu::RenderPipeline {
        self.symbols.get_or_init(|| {
            let shader = shader(device, "symbols", &[PLANE, include_str!("../symbols.wgsl")]);
            let attributes = [
                wgpu::VertexAttribute {
                    format: wgpu::VertexFormat::Uint32x2,
                    offset: 0,
                    shader_location: 0,
                },
                wgpu::VertexAttribute {
                    format: wgpu::VertexFormat::Unorm8x4,
                    offset: 8,
                    shader_location: 1,
                },
                wgpu::VertexAttribute {
                    format: wgpu::VertexFormat::Uint32x2,
                    offset: 12,
                    shader_location: 2,
                },
            ];
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some("symbols"),
                layout: Some(&device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                    label: Some("symbols"),
                    bind_group_layouts: &[Some(&self.scenes.layout)],
                    immediate_size: 0,
                })),
                vertex: wgpu::VertexState {
                    module: &shader,
                    entry_point: Some("symbol"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    buffers: &[Some(wgpu::VertexBufferLayout {
                        array_stride: SYMBOL_BYTES,
                        step_mode: wgpu::VertexStepMode::Instance,
                        attributes: &attributes,
                    })],
                },
                primitive: wgpu::PrimitiveState {
                    topology: wgpu::PrimitiveTopology::TriangleStrip,
                    ..Default::default()
                },
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &shader,
                    entry_point: Some("symbol_color"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    targets: &[Some(wgpu::ColorTargetState {
                        format: self.target_format,
                        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
        })
    }
}

impl SymbolCallback {
    /// Draws `draws` with `scenes`.
    pub fn new(
        gpu: &Arc<Gpu>,
        buffers: &Arc<SymbolBuffers>,
        scenes: Vec<SymbolScene>,
        draws: Vec<(usize, Range<usize>)>,
    ) -> SymbolCallback {
        let (gpu, buffers) = (Arc::clone(gpu), Arc::clone(buffers));
        SymbolCallback { gpu, buffers, scenes, draws, sent: OnceLock::new() }
    }
}

impl CallbackTrait for SymbolCallback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        _: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let screen_px = screen.size_in_pixels.map(|side| side as f32);
        let scenes = self.scenes.iter().map(|scene| SymbolScene { screen_px, ..*scene });
        self.sent.get_or_init(|| self.gpu.scenes.lend(device, queue, scenes));
        self.gpu.symbols(device);
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _: &CallbackResources,
    ) {
        let (Some(sent), Some(pipeline)) = (self.sent.get(), self.gpu.symbols.get()) else {
            return;
        };
        let [width, height] = info.screen_size_px.map(|side| side as f32);
        pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
        pass.set_pipeline(pipeline);
        let len = self.buffers.len;
        for (scene, range) in &self.draws {
            sent.bind(pass, *scene);
            let mut first = range.start;
            while first < range.end {
                let index = first / len;
                let end = range.end.min((index + 1) * len);
                pass.set_vertex_buffer(0, self.buffers.buffers[index].slice(..));
                pass.draw(0..4, (first - index * len) as u32..(end - index * len) as u32);
                first = end;
            }
        }
    }
}
