//! What shaders are told, pass by pass: uniforms in buffers that go from frame to frame.

use std::sync::{Arc, Mutex, PoisonError};

/// How many scenes a callback can have: twice as many copies of the world as a screen of 10,000
/// points has at zoom 0.
pub const SCENES_MAX: usize = 80;

/// Bytes of the largest scene.
const SCENE_BYTES: u64 = 128;

/// Buffers for scenes, lent and taken back.
pub struct ScenePool {
    /// What the groups of scenes look like.
    pub layout: wgpu::BindGroupLayout,
    /// Bytes from one scene to the next.
    stride: u64,
    /// What no frame is using.
    spare: Mutex<Vec<Buffer>>,
}

struct Buffer {
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// The scenes of a callback, on the GPU.
pub struct Scenes {
    pool: Arc<ScenePool>,
    own: Option<Buffer>,
}

impl ScenePool {
    /// A pool without buffers.
    pub fn new(device: &wgpu::Device) -> ScenePool {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("scenes"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: true,
                    min_binding_size: wgpu::BufferSize::new(SCENE_BYTES),
                },
                count: None,
            }],
        });
        let alignment = u64::from(device.limits().min_uniform_buffer_offset_alignment);
        ScenePool {
            layout,
            stride: SCENE_BYTES.next_multiple_of(alignment),
            spare: Mutex::default(),
        }
    }

    /// Sends scenes to the GPU, of which no more than [`SCENES_MAX`] arrive.
    pub fn lend<T: bytemuck::Pod>(
        self: &Arc<ScenePool>,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        scenes: impl ExactSizeIterator<Item = T>,
    ) -> Scenes {
        const { assert!(size_of::<T>() as u64 <= SCENE_BYTES) };
        let stride = self.stride as usize;
        let mut bytes = vec![0; stride * scenes.len().min(SCENES_MAX)];
        for (to, scene) in bytes.chunks_mut(stride).zip(scenes) {
            to[..size_of::<T>()].copy_from_slice(bytemuck::bytes_of(&scene));
        }
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let own = spare.unwrap_or_else(|| self.buffer(device));
        queue.write_buffer(&own.buffer, 0, &bytes);
        Scenes { pool: Arc::clone(self), own: Some(own) }
    }

    fn buffer(&self, device: &wgpu::Device) -> Buffer {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("scenes"),
            size: self.stride * SCENES_MAX as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("scenes"),
            layout: &self.layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &buffer,
                    offset: 0,
                    size: wgpu::BufferSize::new(SCENE_BYTES),
                }),
            }],
        });
        Buffer { buffer, group }
    }
}

impl Scenes {
    /// Makes a scene the group 0 of what is drawn next.
    pub fn bind(&self, pass: &mut wgpu::RenderPass<'_>, scene: usize) {
        if let Some(own) = &self.own {
            pass.set_bind_group(0, &own.group, &[(scene as u64 * self.pool.stride) as u32]);
        }
    }
}

impl Drop for Scenes {
    fn drop(&mut self) {
        self.pool.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(self.own.take());
    }
}
