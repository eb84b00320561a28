use super::*;

impl Sums {
    /// The sums in all cells of what was asked for last, as they lie on the GPU.
    pub fn values(&self, gpu: &Gpu, queue: &wgpu::Queue) -> (Grid, Vec<f32>) {
        let asked = self.asked.lock().unwrap().clone().expect("something was drawn");
        let target = self.target(gpu, gpu.density(queue).unwrap(), &asked).unwrap();
        assert_eq!(target.sum.lock().unwrap().as_ref(), Some(&asked), "it was summed up");
        let [width, height] = target.size;
        let in_parts = gpu.counts_in_parts() == Some(true);
        let texel_bytes = if in_parts { 8 } else { 4 };
        let row_bytes = (width * texel_bytes).next_multiple_of(256);
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(row_bytes * height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            target.cells_view.texture().as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row_bytes),
                    rows_per_image: None,
                },
            },
            target.cells_view.texture().size(),
        );
        queue.submit([encoder.finish()]);
        buffer.slice(..).map_async(wgpu::MapMode::Read, |outcome| outcome.unwrap());
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        let bytes = buffer.get_mapped_range(..).unwrap();
        let value = |cell: u32| {
            let at = (cell / width * row_bytes + cell % width * texel_bytes) as usize;
            if !in_parts {
                return f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            }
            let half = |i: usize| {
                let at = at + 2 * i;
                f32_from_half(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()))
            };
            let exact = (0..3).find(|i| half(*i) < 2048.0).unwrap_or(3);
            half(exact) * 32_f32.powi(exact as i32) * asked.values.part
        };
        (asked.grid, (0..width * height).map(value).collect())
    }

    /// What was asked for last.
    pub fn last(&self) -> Arc<Sum> {
        self.asked.lock().unwrap().clone().expect("something was drawn")
    }
}

#[test]
fn half_floats_are_read() {
    for (half, expected) in [(0, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (0x6800, 2048.0)] {
        assert_eq!(f32_from_half(half), expected);
    }
    assert_eq!(f32_from_half(0x3555), 0.333_251_95); // A third.
    assert_eq!(f32_from_half(0x7bff), 65_504.0);
}

#[test]
fn the_shader_reads_cells_as_they_are_laid_out() {
    assert_eq!(size_of::<CellScene>(), 64);
    assert_eq!(std::mem::offset_of!(CellScene, y_first), 32);
    assert_eq!(std::mem::offset_of!(CellScene, part), 48);
}
