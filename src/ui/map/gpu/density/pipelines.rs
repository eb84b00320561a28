//! The pipelines that sum up, find the color scale and draw the picture.

use eframe::egui_wgpu::RenderState;

use super::super::{Gpu, PLANE, VERTEX_BYTES, shader, texture_of, write_texture};
use crate::ui::map::density::{RAMP, color};

/// Pipelines and the ramp of colors.
pub struct DensityGpu {
    pub reports: wgpu::RenderPipeline,
    pub hours: wgpu::RenderPipeline,
    pub histogram: wgpu::RenderPipeline,
    pub scale: wgpu::RenderPipeline,
    pub picture: wgpu::RenderPipeline,
    pub sums_layout: wgpu::BindGroupLayout,
    pub picture_layout: wgpu::BindGroupLayout,
    pub ramp: wgpu::TextureView,
}

/// What the sums can be, on this device; `None` if nothing can be summed up.
pub fn sum_format(render_state: &RenderState) -> Option<wgpu::TextureFormat> {
    let RenderState { adapter, device, .. } = render_state;
    let can = |format: wgpu::TextureFormat| {
        let features = adapter.get_texture_format_features(format);
        let usages = wgpu::TextureUsages::RENDER_ATTACHMENT
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC;
        features.allowed_usages.contains(usages)
            && features.flags.contains(wgpu::TextureFormatFeatureFlags::BLENDABLE)
    };
    let has_whole = device.features().contains(wgpu::Features::FLOAT32_BLENDABLE);
    let formats = [wgpu::TextureFormat::R32Float, wgpu::TextureFormat::Rgba16Float];
    formats.into_iter().skip(usize::from(!has_whole)).find(|format| can(*format))
}

impl DensityGpu {
    /// Made when density is drawn first: shaders take their time.
    pub fn new(gpu: &Gpu, queue: &wgpu::Queue, format: wgpu::TextureFormat) -> DensityGpu {
        let device = &gpu.device;
        let texture = |binding| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: false },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        };
        let layout = |n: u32| {
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some("density"),
                entries: &(0..n).map(texture).collect::<Vec<_>>(),
            })
        };
        let (sums_layout, picture_layout) = (layout(1), layout(3));
        let tracks = include_str!("../../tracks.wgsl");
        let sum_shader =
            shader(device, "density", &[PLANE, tracks, include_str!("../../density.wgsl")]);
        let color_shader =
            shader(device, "density", &[PLANE, include_str!("../../density_color.wgsl")]);
        let attributes = [0, 1].map(|shader_location| wgpu::VertexAttribute {
            format: wgpu::VertexFormat::Uint32x4,
            offset: 0,
            shader_location,
        });
        let vertices = |step_mode, attribute| {
            Some(wgpu::VertexBufferLayout {
                array_stride: VERTEX_BYTES,
                step_mode,
                attributes: std::slice::from_ref(attribute),
            })
        };
        let each = [vertices(wgpu::VertexStepMode::Vertex, &attributes[0])];
        let legs = [0, 1].map(|i: usize| vertices(wgpu::VertexStepMode::Instance, &attributes[i]));
        let in_parts = [("IN_PARTS", f64::from(u8::from(gpu.counts_in_parts() == Some(true))))];
        let plus = wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::One,
            dst_factor: wgpu::BlendFactor::One,
            operation: wgpu::BlendOperation::Add,
        };
        let adding = wgpu::ColorTargetState {
            format,
            blend: Some(wgpu::BlendState { color: plus, alpha: plus }),
            write_mask: wgpu::ColorWrites::ALL,
        };
        let pipeline = |of: Pipeline| {
            let groups = [Some(&gpu.scenes.layout), of.layout];
            let options = wgpu::PipelineCompilationOptions {
                constants: if of.counts { &in_parts } else { &[] },
                ..Default::default()
            };
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(of.vertex),
                layout: Some(&device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                    label: Some("density"),
                    bind_group_layouts: &groups,
                    immediate_size: 0,
                })),
                vertex: wgpu::VertexState {
                    module: of.shader,
                    entry_point: Some(of.vertex),
                    compilation_options: options.clone(),
                    buffers: of.buffers,
                },
                primitive: wgpu::PrimitiveState { topology: of.topology, ..Default::default() },
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: of.shader,
                    entry_point: Some(of.fragment),
                    compilation_options: options,
                    targets: &[Some(of.target)],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        let sums = Pipeline {
            shader: &sum_shader,
            vertex: "report_cell",
            fragment: "one_report",
            topology: wgpu::PrimitiveTopology::PointList,
            buffers: &each,
            layout: Some(&gpu.table_layout),
            target: adding.clone(),
            counts: true,
        };
        let colors = Pipeline {
            shader: &color_shader,
            vertex: "cell_bin",
            fragment: "one_cell",
            buffers: &[],
            layout: Some(&sums_layout),
            ..sums.clone()
        };
        DensityGpu {
            reports: pipeline(sums.clone()),
            hours: pipeline(Pipeline {
                vertex: "leg_cells",
                fragment: "leg_hours",
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                buffers: &legs,
                ..sums
            }),
            histogram: pipeline(colors.clone()),
            scale: pipeline(Pipeline {
                vertex: "everywhere",
                fragment: "scale_ends",
                topology: wgpu::PrimitiveTopology::TriangleList,
                target: wgpu::ColorTargetState { blend: None, ..adding },
                ..colors.clone()
            }),
            picture: pipeline(Pipeline {
                vertex: "picture",
                fragment: "picture_color",
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                layout: Some(&picture_layout),
                target: wgpu::ColorTargetState {
                    format: gpu.target_format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                },
                ..colors
            }),
            ramp: ramp_texture(device, queue),
            sums_layout,
            picture_layout,
        }
    }
}

/// Where the pipelines differ.
#[derive(Clone)]
struct Pipeline<'a> {
    shader: &'a wgpu::ShaderModule,
    vertex: &'a str,
    fragment: &'a str,
    topology: wgpu::PrimitiveTopology,
    buffers: &'a [Option<wgpu::VertexBufferLayout<'a>>],
    layout: Option<&'a wgpu::BindGroupLayout>,
    target: wgpu::ColorTargetState,
    /// Whether the shader asks if it counts in parts.
    counts: bool,
}

/// The colors for a dark and then for a light map.
fn ramp_texture(device: &wgpu::Device, queue: &wgpu::Queue) -> wgpu::TextureView {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("ramp of density"),
        size: wgpu::Extent3d { width: RAMP as u32, height: 2, depth_or_array_layers: 1 },
        ..texture_of(wgpu::TextureFormat::Rgba8Unorm)
    });
    let rows = [true, false].map(|is_dark| {
        let part = |step: usize| step as f32 / (RAMP - 1) as f32;
        (0..RAMP).map(move |step| color(part(step), is_dark).to_srgba_unmultiplied())
    });
    write_texture(queue, &texture, &rows.into_iter().flatten().collect::<Vec<_>>());
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
