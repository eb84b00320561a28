//! The GPU without a window: egui's triangles and our own layers into a texture, and back.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use eframe::egui_wgpu::{RenderState, RendererOptions, ScreenDescriptor, WgpuError, WgpuSetup};
use egui::epaint::ImageDelta;
use egui::{ClippedPrimitive, Color32, TextureId};

use super::driver::Complaint;
use super::map;

/// After so long a driver is taken for hung. Software drivers are slow at large pictures: 8192 x 8192
/// pixels took 12 s on 2 cores, and other work may go on there.
const PATIENCE: Duration = Duration::from_mins(3);

/// A device that draws into a texture of its own.
pub struct Offscreen {
    render_state: RenderState,
    /// What the driver refused, if anything: the first word of it.
    fault: Complaint,
}

/// How long a frame took.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Until it was handed to the driver: the UI thread's part.
    pub encoded: Duration,
    /// From then until it was drawn, if it was.
    pub drawn: Option<Duration>,
}

impl Offscreen {
    /// Takes the best device there is, as the window does; the error says why there is none.
    pub fn new() -> Result<Offscreen, String> {
        // OpenGL last: looking for it wakes drivers of windows, which complain where there are none.
        let render_state = render_state(wgpu::Backends::PRIMARY)
            .or_else(|_| render_state(wgpu::Backends::all()))
            .map_err(|error| error.to_string())?;
        let fault = Complaint::of(&render_state);
        Ok(Offscreen { render_state, fault })
    }

    /// What layers draw with.
    pub fn render_state(&self) -> &RenderState {
        &self.render_state
    }

    /// The device's name: `llvmpipe (LLVM 15.0.6, 256 bits)`.
    pub fn name(&self) -> String {
        self.render_state.adapter.get_info().name
    }

    /// Makes a texture, or changes a part of one.
    pub fn set_texture(&self, id: TextureId, delta: &ImageDelta) {
        let RenderState { device, queue, renderer, .. } = &self.render_state;
        renderer.write().update_texture(device, queue, id, delta);
    }

    /// Forgets a texture.
    pub fn free_texture(&self, id: TextureId) {
        self.render_state.renderer.write().free_texture(&id);
    }

    /// Draws `primitives` on `ground`, row by row from the top.
    ///
    /// # Errors
    ///
    /// If the driver refused something since the device was made, or did not answer.
    pub fn draw(
        &self,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        size_px: [u32; 2],
        ground: Color32,
    ) -> Result<Vec<Color32>, String> {
        let texture = self.target(size_px);
        let commands = self.encode(&texture, primitives, pixels_per_point, ground);
        self.render_state.queue.submit(commands);
        let pixels = self.read_back(&texture);
        // What was refused before is the cause, not that nothing came back.
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => pixels,
        }
    }

    /// Whether it is a driver that draws on the processor.
    pub fn is_software(&self) -> bool {
        self.render_state.adapter.get_info().device_type == wgpu::DeviceType::Cpu
    }

    /// Hands `primitives` to the driver for nobody to see, and says how long it took; draws them
    /// only if told so, for a driver that draws on the processor takes long for it.
    ///
    /// # Errors
    ///
    /// If the driver refused something since the device was made, or did not answer.
    pub fn pace(
        &self,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        size_px: [u32; 2],
        draws: bool,
    ) -> Result<Pace, String> {
        let texture = self.target(size_px);
        let start = Instant::now();
        let commands = self.encode(&texture, primitives, pixels_per_point, Color32::BLACK);
        let n_commands = if draws { commands.len() } else { 0 };
        // What was written to buffers goes in any case.
        self.render_state.queue.submit(commands.into_iter().take(n_commands));
        let encoded = start.elapsed();
        let wait = wgpu::PollType::wait_indefinitely();
        self.render_state.device.poll(wait).map_err(|error| error.to_string())?;
        let drawn = draws.then(|| start.elapsed().saturating_sub(encoded));
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(Pace { encoded, drawn }),
        }
    }

    fn target(&self, size_px: [u32; 2]) -> wgpu::Texture {
        let RenderState { device, target_format, .. } = &self.render_state;
        device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d {
                width: size_px[0],
                height: size_px[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            // Without a window it is Rgba8Unorm, which egui and our layers fill with colors as they
            // are encoded.
            format: *target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }

    /// Fills buffers and writes down what the driver is to do.
    fn encode(
        &self,
        texture: &wgpu::Texture,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        ground: Color32,
    ) -> Vec<wgpu::CommandBuffer> {
        let RenderState { device, queue, renderer, .. } = &self.render_state;
        let size_px = [texture.width(), texture.height()];
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let screen = ScreenDescriptor { size_in_pixels: size_px, pixels_per_point };
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = renderer.write();
        let first = renderer.update_buffers(device, queue, &mut encoder, primitives, &screen);
        let [r, g, b, a] = ground.to_array().map(|channel| f64::from(channel) / 255.0);
        {
            let mut pass = encoder
                .begin_render_pass(&wgpu::RenderPassDescriptor {
                    label: Some("picture"),
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view: &view,
                        resolve_target: None,
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }),
                            store: wgpu::StoreOp::Store,
                        },
                        depth_slice: None,
                    })],
                    ..Default::default()
                })
                .forget_lifetime();
            renderer.render(&mut pass, primitives, &screen);
        }
        first.into_iter().chain([encoder.finish()]).collect()
    }

    /// The texture's pixels.
    fn read_back(&self, texture: &wgpu::Texture) -> Result<Vec<Color32>, String> {
        let RenderState { device, queue, .. } = &self.render_state;
        let size = texture.size();
        let row_bytes = 4 * size.width;
        let padded_bytes = row_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: u64::from(padded_bytes) * u64::from(size.height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded_bytes),
                    rows_per_image: None,
                },
            },
            size,
        );
        let submission_index = Some(queue.submit([encoder.finish()]));
        let (sender, mapped) = channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |outcome| {
            sender.send(outcome).ok(); // Nobody listens any more if the driver hung.
        });
        device
            .poll(wgpu::PollType::Wait { submission_index, timeout: Some(PATIENCE) })
            .map_err(|error| error.to_string())?;
        mapped
            .try_recv()
            .map_err(|_| "the graphics driver did not answer".to_owned())?
            .map_err(|error| error.to_string())?;
        let bytes = buffer.get_mapped_range(..).map_err(|error| error.to_string())?;
        let rows = bytes.chunks_exact(padded_bytes as usize);
        Ok(rows
            .flat_map(|row| row[..row_bytes as usize].chunks_exact(4))
            .map(|pixel| Color32::from_rgba_premultiplied(pixel[0], pixel[1], pixel[2], pixel[3]))
            .collect())
    }
}

/// A device of one of `backends`, if the environment leaves it: `WGPU_BACKEND` is respected.
fn render_state(backends: wgpu::Backends) -> Result<RenderState, WgpuError> {
    let mut options = map::wgpu_options();
    if let WgpuSetup::CreateNew(setup) = &mut options.wgpu_setup {
        setup.instance_descriptor.backends &= backends;
    }
    pollster::block_on(async {
        let instance = options.wgpu_setup.new_instance().await;
        // The same everywhere, and nothing that makes files larger: no dithering.
        RenderState::create(&options, &instance, None, RendererOptions::PREDICTABLE).await
    })
}
