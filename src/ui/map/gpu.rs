//! What tracks need on the GPU: pipelines, buffers, tables.
//!
//! Nothing here goes beyond what OpenGL ES 3 can do: tables are textures, not storage buffers, and
//! no buffer is larger than 128 MiB.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use eframe::egui_wgpu::{self, RenderState};

use super::boxes::Tree;
use super::geometry::Geometry;
use super::palette;
use super::vertex::Vertex;

mod callback;
mod density;
mod scenes;
mod symbols;

pub use callback::{Callback, Draw, Scene};
use density::DensityGpu;
pub use density::{CellScene, DensityCallback, Sum, Sums};
pub use scenes::SCENES_MAX;
use scenes::ScenePool;
pub use symbols::{SymbolBuffers, SymbolCallback, SymbolScene};

/// No buffer is larger, in bytes: half of what every device takes.
const BUFFER_MAX: u64 = 128 << 20;

/// How many slots lie in one line of the table's texture.
const TABLE_WIDTH: u32 = 2048;

/// What all shaders begin with.
const PLANE: &str = include_str!("plane.wgsl");

const VERTEX_BYTES: u64 = size_of::<Vertex>() as u64;

/// Pipelines and what else all layers on a device share.
pub struct Gpu {
    device: wgpu::Device,
    legs: wgpu::RenderPipeline,
    points: wgpu::RenderPipeline,
    scenes: Arc<ScenePool>,
    /// What sums of density can be; `None` where there is no density.
    sum_format: Option<wgpu::TextureFormat>,
    /// Made when density is drawn first.
    density: OnceLock<DensityGpu>,
    /// Made when the first symbols are drawn.
    symbols: OnceLock<wgpu::RenderPipeline>,
    target_format: wgpu::TextureFormat,
    table_layout: wgpu::BindGroupLayout,
    palette: wgpu::TextureView,
    /// Vertices of the level that a buffer has.
    buffer_len: usize,
    /// Whether the target converts to sRGB itself.
    pub is_linear: bool,
}

/// A geometry's vertices on the GPU.
pub struct Buffers {
    /// From all reports to the fewest.
    pub levels: Vec<LevelBuffers>,
}

/// One level of detail on the GPU.
pub struct LevelBuffers {
    /// See [`super::levels::Level::tolerance`].
    pub tolerance: u32,
    /// What is where.
    pub tree: Arc<Tree>,
    // Each begins with the vertex before its first, so that a leg never spans two buffers.
    buffers: Vec<wgpu::Buffer>,
    buffer_len: usize,
}

/// The table of looks on the GPU.
pub struct Table {
    texture: wgpu::Texture,
    group: wgpu::BindGroup,
}

/// How the window asks for a GPU: as eframe does, with what the density map can use if it is there.
/// Falls back to OpenGL where there is no Vulkan, Metal or DirectX.
pub fn wgpu_options() -> egui_wgpu::WgpuConfiguration {
    let mut setup = egui_wgpu::WgpuSetupCreateNew::without_display_handle();
    let eframes = Arc::clone(&setup.device_descriptor);
    setup.device_descriptor = Arc::new(move |adapter| wgpu::DeviceDescriptor {
        required_features: adapter.features() & wgpu::Features::FLOAT32_BLENDABLE,
        ..eframes(adapter)
    });
    egui_wgpu::WgpuConfiguration { wgpu_setup: setup.into(), ..Default::default() }
}

impl Gpu {
    /// What all layers of this device share; made at the first call.
    pub fn of(render_state: &RenderState) -> Arc<Gpu> {
        let mut renderer = render_state.renderer.write();
        let shared = renderer.callback_resources.entry::<Arc<Gpu>>();
        Arc::clone(shared.or_insert_with(|| Arc::new(Gpu::new(render_state))))
    }

    fn new(render_state: &RenderState) -> Gpu {
        let RenderState { device, queue, target_format, .. } = render_state;
        let both = wgpu::ShaderStages::VERTEX_FRAGMENT;
        let texture_type = |sample_type| wgpu::BindingType::Texture {
            sample_type,
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let layout = |entries: &[wgpu::BindGroupLayoutEntry]| {
            let label = Some("tracks");
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries })
        };
        let entry =
            |binding, ty| wgpu::BindGroupLayoutEntry { binding, visibility: both, ty, count: None };
        let scenes = Arc::new(ScenePool::new(device));
        let table_layout = layout(&[
            entry(0, texture_type(wgpu::TextureSampleType::Uint)),
            entry(1, texture_type(wgpu::TextureSampleType::Float { filterable: false })),
        ]);
        let pipelines = Pipelines {
            device,
            layout: device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some("tracks"),
                bind_group_layouts: &[Some(&scenes.layout), Some(&table_layout)],
                immediate_size: 0,
            }),
            shader: shader(device, "tracks", &[PLANE, include_str!("tracks.wgsl")]),
            target: *target_format,
        };
        let limits = device.limits();
        let buffer_max = BUFFER_MAX.min(limits.max_buffer_size);
        Gpu {
            legs: pipelines.pipeline("leg", "leg_color", 2),
            points: pipelines.pipeline("point", "point_color", 1),
            palette: palette_texture(device, queue),
            scenes,
            sum_format: density::sum_format(render_state),
            density: OnceLock::new(),
            symbols: OnceLock::new(),
            device: device.clone(),
            target_format: *target_format,
            table_layout,
            buffer_len: (buffer_max / VERTEX_BYTES - 1) as usize,
            is_linear: target_format.is_srgb(),
        }
    }

    /// The same with buffers of few vertices, as if all were very many.
    #[cfg(test)]
    pub(super) fn with_small_buffers(render_state: &RenderState, buffer_len: usize) -> Gpu {
        Gpu { buffer_len, ..Gpu::new(render_state) }
    }

    /// The same without floats that can be added up.
    #[cfg(test)]
    pub(super) fn with_parts(render_state: &RenderState) -> Gpu {
        Gpu { sum_format: Some(wgpu::TextureFormat::Rgba16Float), ..Gpu::new(render_state) }
    }

    /// The same without anything that can be added up.
    #[cfg(test)]
    pub(super) fn without_density(render_state: &RenderState) -> Gpu {
        Gpu { sum_format: None, ..Gpu::new(render_state) }
    }

    /// Sends a geometry's vertices to the GPU. Takes 20 ms a million reports or so; works from any
    /// thread.
    pub fn buffers(&self, render_state: &RenderState, geometry: &Geometry) -> Buffers {
        let buffer = |vertices: &[Vertex], first: usize| {
            let end = (first + self.buffer_len).min(vertices.len());
            let buffer = render_state.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("tracks"),
                size: (1 + end - first) as u64 * VERTEX_BYTES,
                usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: true,
            });
            let before =
                [first.checked_sub(1).map_or(Vertex::nowhere(0), |before| vertices[before])];
            {
                let mut bytes = buffer.get_mapped_range_mut(..).expect("a new buffer is mapped");
                let split = VERTEX_BYTES as usize;
                bytes.slice(..split).copy_from_slice(bytemuck::cast_slice(&before));
                bytes.slice(split..).copy_from_slice(bytemuck::cast_slice(&vertices[first..end]));
            }
            buffer.unmap();
            buffer
        };
        let levels = geometry.levels().iter().map(|level| {
            let firsts = (0..level.vertices.len()).step_by(self.buffer_len);
            LevelBuffers {
                tolerance: level.tolerance,
                tree: Arc::clone(&level.tree),
                buffers: firsts.map(|first| buffer(&level.vertices, first)).collect(),
                buffer_len: self.buffer_len,
            }
        });
        Buffers { levels: levels.collect() }
    }

    /// A table of `n` slots, nothing shown.
    pub fn table(&self, device: &wgpu::Device, n: usize) -> Table {
        let rows = (n as u32).div_ceil(TABLE_WIDTH).max(1);
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("looks of tracks"),
            size: wgpu::Extent3d { width: TABLE_WIDTH, height: rows, depth_or_array_layers: 1 },
            ..texture_of(wgpu::TextureFormat::Rgba8Uint)
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("looks of tracks"),
            layout: &self.table_layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&self.palette),
                },
            ],
        });
        Table { texture, group }
    }
}

impl LevelBuffers {
    /// In which buffers a range of vertices lies, and where in them.
    fn parts(&self, range: Range<usize>) -> impl Iterator<Item = (usize, Range<u32>)> {
        let len = self.buffer_len;
        let first = range.start / len;
        let end = if range.is_empty() { first } else { range.end.div_ceil(len) };
        (first..end).map(move |index| {
            let within = |at: usize| at.clamp(index * len, (index + 1) * len) - index * len;
            (index, within(range.start) as u32..within(range.end) as u32)
        })
    }
}

impl Table {
    /// Fills the table anew: four bytes a slot.
    pub fn write(&self, queue: &wgpu::Queue, mut looks: Vec<[u8; 4]>) {
        let size = self.texture.size();
        looks.resize((size.width * size.height) as usize, [0; 4]);
        write_texture(queue, &self.texture, &looks);
    }
}

/// What the two pipelines have in common.
struct Pipelines<'a> {
    device: &'a wgpu::Device,
    layout: wgpu::PipelineLayout,
    shader: wgpu::ShaderModule,
    target: wgpu::TextureFormat,
}

impl Pipelines<'_> {
    /// A pipeline of quads that reads `n_slots` vertices a quad.
    fn pipeline(&self, vertex: &str, fragment: &str, n_slots: usize) -> wgpu::RenderPipeline {
        let attributes = [0, 1].map(|shader_location| wgpu::VertexAttribute {
            format: wgpu::VertexFormat::Uint32x4,
            offset: 0,
            shader_location,
        });
        let slot = |attribute| {
            Some(wgpu::VertexBufferLayout {
                array_stride: VERTEX_BYTES,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: std::slice::from_ref(attribute),
            })
        };
        let slots: Vec<_> = attributes[..n_slots].iter().map(slot).collect();
        self.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(vertex),
            layout: Some(&self.layout),
            vertex: wgpu::VertexState {
                module: &self.shader,
                entry_point: Some(vertex),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &slots,
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..Default::default()
            },
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &self.shader,
                entry_point: Some(fragment),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format: self.target,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

fn palette_texture(device: &wgpu::Device, queue: &wgpu::Queue) -> wgpu::TextureView {
    let rows = palette::rows();
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("palette of tracks"),
        size: wgpu::Extent3d { width: 256, height: rows.len() as u32, depth_or_array_layers: 1 },
        ..texture_of(wgpu::TextureFormat::Rgba8Unorm)
    });
    let colors: Vec<[u8; 4]> = rows.iter().flatten().map(egui::Color32::to_array).collect();
    write_texture(queue, &texture, &colors);
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// A module of several pieces of source.
fn shader(device: &wgpu::Device, label: &str, sources: &[&str]) -> wgpu::ShaderModule {
    device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(label),
        source: wgpu::ShaderSource::Wgsl(sources.concat().into()),
    })
}

fn texture_of(format: wgpu::TextureFormat) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    }
}

fn write_texture(queue: &wgpu::Queue, texture: &wgpu::Texture, texels: &[[u8; 4]]) {
    let size = texture.size();
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(4 * size.width),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), bytemuck::cast_slice(texels), layout, size);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shader_reads_scenes_as_they_are_laid_out() {
        // The sizes of WGSL: vectors of two begin at multiples of 8, of four at multiples of 16.
        assert_eq!(size_of::<Scene>(), 128);
        assert_eq!(std::mem::offset_of!(Scene, px_per_unit), 32);
        assert_eq!(std::mem::offset_of!(Scene, hovered), 72);
        assert_eq!(std::mem::offset_of!(Scene, single), 80);
        assert_eq!(std::mem::offset_of!(Scene, point_px), 112);
    }

    #[test]
    fn the_options_of_the_window_give_a_device_and_pipelines() {
        let made = std::panic::catch_unwind(|| {
            let setup = wgpu_options().wgpu_setup;
            egui_kittest::wgpu::create_render_state(setup, egui_wgpu::RendererOptions::default())
        });
        let Ok(render_state) = made else {
            eprintln!("skipped: no GPU adapter");
            return;
        };
        assert!(Arc::ptr_eq(&Gpu::of(&render_state), &Gpu::of(&render_state)));
    }
}
