//! What tracks need on the GPU: pipelines, buffers, tables, and the callback that draws with them.
//!
//! Nothing here goes beyond what OpenGL ES 3 can do: tables are textures, not storage buffers, and
//! no buffer is larger than 128 MiB.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{self, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor};
use egui::PaintCallbackInfo;

use super::boxes::Tree;
use super::geometry::Geometry;
use super::palette;
use super::vertex::Vertex;

/// No buffer is larger, in bytes: half of what every device takes.
const BUFFER_MAX: u64 = 128 << 20;

/// How many times a frame can draw the tracks of one map: twice for each copy of the world.
pub const SCENES_MAX: usize = 80;

/// How many slots lie in one line of the table's texture.
const TABLE_WIDTH: u32 = 2048;

const VERTEX_BYTES: u64 = size_of::<Vertex>() as u64;

/// What the shader is told of a map: `Scene` of `tracks.wgsl`.
#[derive(Clone, Copy, PartialEq, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[expect(missing_docs, reason = "explained in the shader")]
pub struct Scene {
    pub center: [i32; 2],
    pub copy: i32,
    pub flags: u32,
    pub screen_px: [f32; 2],
    pub middle_px: [f32; 2],
    pub px_per_unit: f32,
    pub half_width_px: f32,
    pub alpha: f32,
    pub rest_alpha: f32,
    pub time_window: [f32; 2],
    pub speed_window: [f32; 2],
    pub value_scale: [f32; 2],
    pub hovered: u32,
    pub palette_row: i32,
    pub single: [f32; 4],
    pub highlight: [f32; 4],
    pub point_px: f32,
    pub arrow_px: f32,
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

/// Pipelines and what else all layers on a device share.
pub struct Gpu {
    legs: wgpu::RenderPipeline,
    points: wgpu::RenderPipeline,
    scene_layout: wgpu::BindGroupLayout,
    table_layout: wgpu::BindGroupLayout,
    palette: wgpu::TextureView,
    /// Bytes from one scene to the next.
    stride: u64,
    /// Vertices of the level that a buffer has.
    buffer_len: usize,
    /// Whether the target converts to sRGB itself.
    pub is_linear: bool,
    /// Scene buffers that no frame is using.
    spare: Mutex<Vec<SceneBuffer>>,
}

struct SceneBuffer {
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
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
        let scene_type = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: true,
            min_binding_size: wgpu::BufferSize::new(size_of::<Scene>() as u64),
        };
        let texture_type = |sample_type| wgpu::BindingType::Texture {
            sample_type,
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let layout = |entries: &[wgpu::BindGroupLayoutEntry]| {
            let label = Some("tracks");
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries })
        };
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry { binding, visibility: both, ty, count: None };
        let scene_layout = layout(&[entry(0, scene_type)]);
        let table_layout = layout(&[
            entry(0, texture_type(wgpu::TextureSampleType::Uint)),
            entry(1, texture_type(wgpu::TextureSampleType::Float { filterable: false })),
        ]);
        let pipelines = Pipelines {
            device,
            layout: device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some("tracks"),
                bind_group_layouts: &[Some(&scene_layout), Some(&table_layout)],
                immediate_size: 0,
            }),
            shader: device.create_shader_module(wgpu::include_wgsl!("tracks.wgsl")),
            target: *target_format,
        };
        let limits = device.limits();
        let buffer_max = BUFFER_MAX.min(limits.max_buffer_size);
        Gpu {
            legs: pipelines.pipeline("leg", "leg_color", 2),
            points: pipelines.pipeline("point", "point_color", 1),
            palette: palette_texture(device, queue),
            scene_layout,
            table_layout,
            stride: (size_of::<Scene>() as u64)
                .next_multiple_of(u64::from(limits.min_uniform_buffer_offset_alignment)),
            buffer_len: (buffer_max / VERTEX_BYTES - 1) as usize,
            is_linear: target_format.is_srgb(),
            spare: Mutex::default(),
        }
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
            let before = [first.checked_sub(1).map_or(Vertex::nowhere(0), |before| vertices[before])];
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
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&self.palette),
                },
            ],
        });
        Table { texture, group }
    }

    fn scene_buffer(&self, device: &wgpu::Device) -> SceneBuffer {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("scenes of tracks"),
            size: self.stride * SCENES_MAX as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("scenes of tracks"),
            layout: &self.scene_layout,
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

impl Table {
    /// Fills the table anew: four bytes a slot.
    pub fn write(&self, queue: &wgpu::Queue, mut looks: Vec<[u8; 4]>) {
        let size = self.texture.size();
        looks.resize((size.width * size.height) as usize, [0; 4]);
        write_texture(queue, &self.texture, &looks);
    }
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

impl Callback {
    /// TMP
    #[cfg(test)]
    pub fn debug(&self) -> (usize, usize, usize) {
        (self.level, self.draws.len(), self.draws.iter().map(|d| d.range.len()).sum())
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
            spare.unwrap_or_else(|| self.gpu.scene_buffer(device))
        });
        queue.write_buffer(&own.buffer, 0, &bytes);
        Vec::new()
    }

    fn paint(&self, info: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, _: &CallbackResources) {
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
