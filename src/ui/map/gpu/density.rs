//! What density needs on the GPU: cells to sum up in, a histogram of them, and the color scale that
//! is made from it, which a small read-back hands to the legend.
//!
//! Sums are `f32` where the GPU can add these up. Where it cannot (OpenGL, mostly), they are counted
//! in four channels of half floats, the first of which is exact to 2048 units and each further one
//! 32 times coarser, filled by chance: reports are exact to 2048 in a cell and then known to a
//! standard error of an eighth or less.

use std::ops::Range;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use egui::PaintCallbackInfo;

use super::scenes::Scenes;
use super::{Buffers, Gpu, Scene, Table, VERTEX_BYTES, texture_of};
use crate::ui::map::density::{BINS, Grid, Measure};

mod pipelines;

pub use pipelines::{DensityGpu, sum_format};

/// Rows of the histogram; see the shader.
const ROWS: u32 = 16;

/// Texels of the scale: the logarithms of both ends, and whether there is anything.
const SCALE: u32 = 4;

/// Pictures that are kept though no frame uses them.
const SPARE: usize = 2;

/// Read-backs under way at a time.
const READS: usize = 4;

/// What the shader is told of the cells: `Scene` of `density_color.wgsl`.
#[derive(Clone, Copy, PartialEq, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct CellScene {
    /// Size of the screen in pixels of the device.
    pub screen_px: [f32; 2],
    /// Where the first cell begins on the screen.
    pub origin_px: [f32; 2],
    /// Size of a cell on the screen.
    pub px_per_cell: [f32; 2],
    /// How many cells.
    pub size: [f32; 2],
    /// The middle of the first row on the mercator plane.
    pub y_first: f32,
    /// From row to row.
    pub y_step: f32,
    /// What a sum is multiplied by to become a value, at the equator.
    pub per_cell: f32,
    /// Opacity.
    pub alpha: f32,
    /// What is counted in parts.
    pub part: f32,
    /// The row of the ramp.
    pub ramp_row: i32,
    /// Bits: the target converts to sRGB itself; values are by area.
    pub flags: u32,
    /// To a whole number of vectors.
    pub pad: f32,
}

/// What is summed up. Equal ones have equal sums.
#[derive(Clone, PartialEq, Debug)]
pub struct Sum {
    /// What of.
    pub measure: Measure,
    /// In which cells.
    pub grid: Grid,
    /// Index of the level of detail.
    pub level: usize,
    /// Which version of the table of looks.
    pub looks: u64,
    /// Each with a cell for a pixel.
    pub scenes: Vec<Scene>,
    /// With which scene, which vertices.
    pub draws: Vec<(usize, Range<usize>)>,
    /// How sums become values; nothing of the screen.
    pub values: CellScene,
}

/// The ends of a color scale, as binary logarithms, and of which sum.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of what.
    pub sum: Arc<Sum>,
    /// Low and high end; `None` where all cells are empty.
    pub log2: Option<[f32; 2]>,
}

/// The sums of a layer, kept as long as they are of use.
#[derive(Default)]
pub struct Sums {
    targets: Mutex<Vec<Arc<Target>>>,
    reads: Mutex<Vec<Read>>,
    found: Mutex<Option<Found>>,
    asked: Mutex<Option<Arc<Sum>>>,
}

struct Target {
    sum: Mutex<Option<Arc<Sum>>>,
    size: [u32; 2],
    cells_view: wgpu::TextureView,
    histogram_view: wgpu::TextureView,
    scale: wgpu::Texture,
    scale_view: wgpu::TextureView,
    cells_group: wgpu::BindGroup,
    histogram_group: wgpu::BindGroup,
    picture_group: wgpu::BindGroup,
}

/// A color scale on its way from the GPU.
struct Read {
    sum: Arc<Sum>,
    buffer: wgpu::Buffer,
    mapped: Receiver<bool>,
}

/// What sums up and draws density in a frame.
pub struct DensityCallback {
    gpu: Arc<Gpu>,
    buffers: Arc<Buffers>,
    table: Arc<Table>,
    sums: Arc<Sums>,
    sum: Arc<Sum>,
    scene: CellScene,
    ready: OnceLock<(Arc<Target>, Scenes)>,
}

impl DensityGpu {
    fn target(&self, device: &wgpu::Device, format: wgpu::TextureFormat, sum: &Sum) -> Target {
        let texture = |[width, height]: [u32; 2]| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("density"),
                size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                    | wgpu::TextureUsages::TEXTURE_BINDING
                    | wgpu::TextureUsages::COPY_SRC,
                ..texture_of(format)
            })
        };
        let view =
            |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = |layout, views: &[&wgpu::TextureView]| {
            let entry = |(binding, view)| wgpu::BindGroupEntry {
                binding,
                resource: wgpu::BindingResource::TextureView(view),
            };
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("density"),
                layout,
                entries: &(0..).zip(views.iter().copied()).map(entry).collect::<Vec<_>>(),
            })
        };
        let scale = texture([SCALE, 1]);
        let (cells_view, scale_view) = (view(&texture(sum.grid.size)), view(&scale));
        let histogram_view = view(&texture([BINS as u32, ROWS]));
        Target {
            sum: Mutex::default(),
            size: sum.grid.size,
            cells_group: group(&self.sums_layout, &[&cells_view]),
            histogram_group: group(&self.sums_layout, &[&histogram_view]),
            picture_group: group(&self.picture_layout, &[&cells_view, &scale_view, &self.ramp]),
            cells_view,
            histogram_view,
            scale,
            scale_view,
        }
    }
}

impl Gpu {
    /// Whether sums are counted in parts, and so are estimates where they are large; `None` if
    /// nothing can be summed up.
    pub fn counts_in_parts(&self) -> Option<bool> {
        self.sum_format.map(|format| format != wgpu::TextureFormat::R32Float)
    }

    /// Most cells side by side.
    pub fn cells_max(&self) -> u32 {
        self.device.limits().max_texture_dimension_2d
    }

    fn density(&self, queue: &wgpu::Queue) -> Option<&DensityGpu> {
        let format = self.sum_format?;
        Some(self.density.get_or_init(|| DensityGpu::new(self, queue, format)))
    }
}

impl Sums {
    /// The same sum, shared; and whether it is another than the last time.
    pub fn ask(&self, sum: Sum) -> (Arc<Sum>, bool) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match &*asked {
            Some(last) if **last == sum => (Arc::clone(last), false),
            _ => (Arc::clone(asked.insert(Arc::new(sum))), true),
        }
    }

    /// The color scale found last, after a look at whether a newer one has arrived; and whether one
    /// is still on its way.
    pub fn found(&self, gpu: &Gpu) -> (Option<Found>, bool) {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !reads.is_empty() {
            // A lost device answers no more, and is replaced by others.
            gpu.device.poll(wgpu::PollType::Poll).ok();
        }
        reads.retain(|read| match read.mapped.try_recv() {
            Err(TryRecvError::Empty) => true,
            Ok(true) => {
                if let Some([low, high, any, _]) = read.values(gpu) {
                    let log2 = (any > 0.0).then_some([low, high]);
                    *found = Some(Found { sum: Arc::clone(&read.sum), log2 });
                }
                false
            }
            Ok(false) | Err(TryRecvError::Disconnected) => false,
        });
        (found.clone(), !reads.is_empty())
    }

    /// The target that has `sum`, or one that no frame uses.
    fn target(&self, gpu: &Gpu, density: &DensityGpu, sum: &Arc<Sum>) -> Option<Arc<Target>> {
        let format = gpu.sum_format?;
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let has = |target: &Arc<Target>| {
            let of = target.sum.lock().unwrap_or_else(PoisonError::into_inner);
            of.as_ref() == Some(sum)
        };
        if let Some(target) = targets.iter().find(|target| has(target)) {
            return Some(Arc::clone(target));
        }
        let is_idle = |target: &Arc<Target>| Arc::strong_count(target) == 1;
        let fits = |target: &Arc<Target>| is_idle(target) && target.size == sum.grid.size;
        if let Some(target) = targets.iter().find(|target| fits(target)) {
            return Some(Arc::clone(target));
        }
        let mut n_idle = targets.iter().filter(|target| is_idle(target)).count();
        targets.retain(|target| {
            let goes = is_idle(target) && n_idle >= SPARE;
            n_idle -= usize::from(goes);
            !goes
        });
        let target = Arc::new(density.target(&gpu.device, format, sum));
        targets.push(Arc::clone(&target));
        Some(target)
    }
}

impl Read {
    fn values(&self, gpu: &Gpu) -> Option<[f32; 4]> {
        let bytes = self.buffer.get_mapped_range(..).ok()?;
        let texel = |index: usize| {
            if gpu.counts_in_parts() == Some(true) {
                f32_from_half(u16::from_le_bytes([bytes[8 * index], bytes[8 * index + 1]]))
            } else {
                let at = 4 * index;
                f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
            }
        };
        Some([0, 1, 2, 3].map(texel))
    }
}

impl DensityCallback {
    /// Draws `sum` as `scene` says, and sums it up first unless `sums` has it.
    pub fn new(
        gpu: &Arc<Gpu>,
        buffers: &Arc<Buffers>,
        table: &Arc<Table>,
        sums: &Arc<Sums>,
        sum: Arc<Sum>,
        scene: CellScene,
    ) -> DensityCallback {
        DensityCallback {
            gpu: Arc::clone(gpu),
            buffers: Arc::clone(buffers),
            table: Arc::clone(table),
            sums: Arc::clone(sums),
            sum,
            scene,
            ready: OnceLock::new(),
        }
    }

    /// Sums up, and finds the color scale. Sent to the GPU at once: what a dropped frame had to
    /// draw would be taken for drawn.
    fn add_up(&self, density: &DensityGpu, target: &Target, queue: &wgpu::Queue) -> Option<()> {
        let device = &self.gpu.device;
        let level = self.buffers.levels.get(self.sum.level)?;
        let scenes = self.gpu.scenes.lend(device, queue, self.sum.scenes.iter().copied());
        let values = self.gpu.scenes.lend(device, queue, [self.sum.values].into_iter());
        let mut encoder = device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("density") });
        {
            let mut pass = begin(&mut encoder, &target.cells_view);
            pass.set_bind_group(1, &self.table.group, &[]);
            let is_reports = self.sum.measure == Measure::Reports;
            pass.set_pipeline(if is_reports { &density.reports } else { &density.hours });
            for (scene, range) in &self.sum.draws {
                scenes.bind(&mut pass, *scene);
                for (index, part) in level.parts(range.clone()) {
                    let buffer = &level.buffers[index];
                    if is_reports {
                        pass.set_vertex_buffer(0, buffer.slice(VERTEX_BYTES..));
                        pass.draw(part, 0..1);
                    } else {
                        pass.set_vertex_buffer(0, buffer.slice(..buffer.size() - VERTEX_BYTES));
                        pass.set_vertex_buffer(1, buffer.slice(VERTEX_BYTES..));
                        pass.draw(0..4, part);
                    }
                }
            }
        }
        for (view, pipeline, group, n) in [
            (
                &target.histogram_view,
                &density.histogram,
                &target.cells_group,
                target.size[0] * target.size[1],
            ),
            (&target.scale_view, &density.scale, &target.histogram_group, 3),
        ] {
            let mut pass = begin(&mut encoder, view);
            values.bind(&mut pass, 0);
            pass.set_bind_group(1, group, &[]);
            pass.set_pipeline(pipeline);
            pass.draw(0..n, 0..1);
        }
        let mut reads = self.sums.reads.lock().unwrap_or_else(PoisonError::into_inner);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("scale of density"),
            size: 256,
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        encoder.copy_texture_to_buffer(
            target.scale.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(256),
                    rows_per_image: None,
                },
            },
            target.scale.size(),
        );
        queue.submit([encoder.finish()]);
        let (tell, mapped) = channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |outcome| {
            tell.send(outcome.is_ok()).ok(); // Nobody may want to know any more.
        });
        if reads.len() >= READS {
            reads.remove(0); // The GPU is far behind: of the older ones, fewer will do.
        }
        reads.push(Read { sum: Arc::clone(&self.sum), buffer, mapped });
        Some(())
    }
}

impl CallbackTrait for DensityCallback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        _: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(density) = self.gpu.density(queue).filter(|_| self.ready.get().is_none()) else {
            return Vec::new();
        };
        let Some(target) = self.sums.target(&self.gpu, density, &self.sum) else {
            return Vec::new();
        };
        {
            let mut of = target.sum.lock().unwrap_or_else(PoisonError::into_inner);
            if of.as_ref() != Some(&self.sum) {
                *of = None;
                if self.add_up(density, &target, queue).is_none() {
                    return Vec::new();
                }
                *of = Some(Arc::clone(&self.sum));
            }
        }
        let screen_px = screen.size_in_pixels.map(|side| side as f32);
        let scene = CellScene { screen_px, ..self.scene };
        let scenes = self.gpu.scenes.lend(device, queue, [scene].into_iter());
        self.ready.get_or_init(|| (target, scenes));
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _: &CallbackResources,
    ) {
        let (Some((target, scenes)), Some(density)) = (self.ready.get(), self.gpu.density.get())
        else {
            return;
        };
        let [width, height] = info.screen_size_px.map(|side| side as f32);
        pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
        scenes.bind(pass, 0);
        pass.set_bind_group(1, &target.picture_group, &[]);
        pass.set_pipeline(&density.picture);
        pass.draw(0..4, 0..1);
    }
}

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("density"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                store: wgpu::StoreOp::Store,
            },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}

/// A half float; subnormal ones count as zero.
fn f32_from_half(half: u16) -> f32 {
    let (sign, exponent, digits) = (half >> 15, half >> 10 & 31, half & 1023);
    let size = match exponent {
        0 => 0.0,
        31 => f32::INFINITY,
        _ => (1.0 + f32::from(digits) / 1024.0) * (f32::from(exponent) - 15.0).exp2(),
    };
    if sign == 0 { size } else { -size }
}

#[cfg(test)]
mod tests;
