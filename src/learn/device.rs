//! Where networks are reckoned: on a real GPU that passes a check, else on the CPU.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::wgpu as graphics;
use burn::tensor::{Device, DeviceKind};
use serde::{Deserialize, Serialize};

use super::weights::{Begin, Placed, Slot, Weights, read, tensor};
use crate::base::params::Choice;
use crate::base::rng::Rng;

/// What the user wants networks to be reckoned on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// A real GPU that passes its check, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU; where there is none, or it fails its check, the CPU, with a word on why.
    Gpu,
}

impl Choice for DeviceChoice {
    const CASES: &'static [(&'static str, DeviceChoice)] =
        &[("auto", DeviceChoice::Auto), ("cpu", DeviceChoice::Cpu), ("gpu", DeviceChoice::Gpu)];
}

/// A device that networks are reckoned on, with what the user should know of it.
#[derive(Clone, Debug)]
pub struct Place {
    device: Device,
    name: String,
    why: String,
    is_gpu: bool,
}

/// How far the GPU's loss and gradients may be from the CPU's, as a share of the largest.
const TOLERANCE: f64 = 2e-3;

/// The GPU, once it was looked for and checked; else why it is not used. A driver can be opened once.
static GPU: OnceLock<Result<Place, String>> = OnceLock::new();

/// Adapters that are programs, whatever kind they claim to be.
const SOFTWARE: [&str; 5] =
    ["llvmpipe", "lavapipe", "swiftshader", "softpipe", "basic render driver"];

impl Place {
    /// The CPU, without a question.
    pub fn cpu() -> Place {
        Place::on_cpu("as chosen".into())
    }

    /// The device for this choice. The GPU is looked for and checked once, which can take seconds: not
    /// on a window's own thread. Later calls are quick.
    ///
    /// Never fails: a GPU that is missing, gives wrong numbers or breaks down leaves the CPU, and
    /// [`Place::why`] says so.
    pub fn choose(choice: DeviceChoice) -> Place {
        if choice == DeviceChoice::Cpu {
            return Place::cpu();
        }
        match GPU.get_or_init(checked_gpu) {
            Ok(gpu) => gpu.clone(),
            Err(why) => Place::on_cpu(why.clone()),
        }
    }

    /// The device for this choice as far as it is known without looking: none where a GPU would have
    /// to be looked for first. Quick.
    pub fn known(choice: DeviceChoice) -> Option<Place> {
        if choice == DeviceChoice::Cpu {
            return Some(Place::cpu());
        }
        Some(match GPU.get()? {
            Ok(gpu) => gpu.clone(),
            Err(why) => Place::on_cpu(why.clone()),
        })
    }

    fn on_cpu(why: String) -> Place {
        let cores = rayon::current_num_threads();
        let plural = if cores == 1 { "" } else { "s" };
        let name = format!("CPU, {cores} core{plural}");
        Place { device: Device::flex(), name, why, is_gpu: false }
    }

    /// What it is called, such as `CPU, 2 cores`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it was taken, in words for the user.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Whether it is a GPU.
    pub fn is_gpu(&self) -> bool {
        self.is_gpu
    }

    /// What tensors are made on.
    pub(super) fn device(&self) -> &Device {
        &self.device
    }
}

/// The first real GPU, if it reckons as the CPU does.
fn checked_gpu() -> Result<Place, String> {
    let Some((device, name)) = find_gpu()? else {
        return Err("no GPU was found; software drivers do not count".into());
    };
    let found = guarded(|| probe(&device))
        .map_err(|fault| format!("the GPU {name} failed its check: {fault}"))?;
    let wanted = probe(&Device::flex())?;
    match farthest(&found?, &wanted) {
        error if error <= TOLERANCE => Ok(Place {
            device,
            why: "its loss and gradients agree with the CPU's".into(),
            name,
            is_gpu: true,
        }),
        error => Err(format!(
            "the GPU {name} reckons a small network wrong: gradients are off by {:.2} %",
            error * 100.0
        )),
    }
}

/// Opens the first GPU that is one, with its name.
fn find_gpu() -> Result<Option<(Device, String)>, String> {
    // On Linux a GPU worth the name speaks Vulkan, and asking OpenGL without a display complains
    // loudly.
    let on_linux = cfg!(target_os = "linux");
    let api = if on_linux { graphics::WgpuBackend::Vulkan } else { graphics::WgpuBackend::Auto };
    for kind in
        [DeviceKind::DiscreteGpu(0), DeviceKind::IntegratedGpu(0), DeviceKind::VirtualGpu(0)]
    {
        let opened = guarded(|| {
            let device = Device::wgpu_options().device_kind(kind).graphics_api(api).init().ok()?;
            let name = device.identity().map_or("GPU".to_owned(), |identity| identity.name);
            Some((device, name))
        })
        .map_err(|fault| format!("looking for a GPU failed: {fault}"))?;
        if let Some((device, name)) = opened.filter(|(_, name)| !is_software(name)) {
            return Ok(Some((device, name)));
        }
    }
    Ok(None)
}

/// Whether an adapter of this name is a program that plays a GPU.
fn is_software(name: &str) -> bool {
    let name = name.to_lowercase();
    SOFTWARE.iter().any(|software| name.contains(software))
}

/// Runs `work`; a panic in it is an error with its text. Drivers break down that way.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "it broke down".into());
    text.lines().next().unwrap_or_default().to_owned()
}

/// Loss and gradients of a small network, one behind the other: products, a head of one column
/// (which some drivers get wrong), and the functions that our networks are made of.
fn probe(device: &Device) -> Result<Vec<f32>, String> {
    let slots = [
        Slot::new("a", 6, 33, Begin::He),
        Slot::new("b", 1, 33, Begin::Constant(0.1)),
        Slot::new("c", 33, 17, Begin::Glorot),
        Slot::new("d", 17, 1, Begin::Glorot),
    ];
    let weights = Weights::begin(&slots, 11);
    let placed = Placed::tracked(&weights, device);
    let mut rng = Rng::new(11, 0);
    let x: Vec<f32> = (0..40 * 6).map(|_| rng.normal() as f32).collect();
    let y: Vec<f32> = x.chunks(6).map(|x| x[0] - 0.5 * x[1] * x[2]).collect();
    let on = device.clone().autodiff();
    let (x, y) = (tensor(x, [40, 6], &on), tensor(y, [40, 1], &on));
    let hidden = relu(x.matmul(placed.at(0)) + placed.at(1));
    let hidden = sigmoid(hidden.matmul(placed.at(2)));
    let hidden = hidden.clone() / hidden.sum_dim(1);
    let out = hidden.log().matmul(placed.at(3)).tanh();
    let loss = (out - y).powi_scalar(2).mean();
    let mut grads = loss.backward();
    let mut numbers = read(loss)?;
    for tensor in &placed.tensors {
        let grad = tensor.grad_remove(&mut grads).ok_or("a gradient is missing")?;
        numbers.extend(read(grad)?);
    }
    Ok(numbers)
}

/// The largest difference, as a share of the largest number; infinite where one is not a number.
fn farthest(a: &[f32], b: &[f32]) -> f64 {
    let scale = b.iter().map(|x| f64::from(x.abs())).fold(1e-12, f64::max);
    let pairs = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs() / scale);
    let is_sound = a.len() == b.len() && a.iter().all(|x| x.is_finite());
    if is_sound { pairs.fold(0.0, f64::max) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_there_and_named() {
        let place = Place::choose(DeviceChoice::Cpu);
        assert!(!place.is_gpu() && place.name().starts_with("CPU"));
        assert_eq!(place.why(), "as chosen");
    }

    #[test]
    fn whatever_is_chosen_a_device_is_given_with_its_reason() {
        let place = Place::choose(DeviceChoice::Gpu);
        assert_eq!(place.is_gpu(), !place.name().starts_with("CPU"));
        assert!(!place.why().is_empty() && !is_software(place.name()), "{place:?}");
        assert_eq!(Place::choose(DeviceChoice::Auto).name(), place.name());
    }

    #[test]
    fn the_check_sees_wrong_and_missing_numbers() {
        let right = probe(&Device::flex()).unwrap();
        assert_eq!(right.len(), 1 + 6 * 33 + 33 + 33 * 17 + 17);
        assert!(right.iter().all(|x| x.is_finite()) && right[0] > 0.0);
        assert_eq!(farthest(&right, &right), 0.0);
        let mut wrong = right.clone();
        wrong[300] += 0.01;
        assert!(farthest(&wrong, &right) > TOLERANCE);
        wrong[300] = f32::NAN;
        assert_eq!(farthest(&wrong, &right), f64::INFINITY);
    }

    #[test]
    fn software_is_told_by_its_name_and_a_breakdown_is_an_error() {
        assert!(is_software("llvmpipe (LLVM 15.0.6, 256 bits)"));
        assert!(!is_software("NVIDIA H200"));
        assert_eq!(guarded(|| 1), Ok(1));
    }

    #[test]
    fn on_a_gpu_the_check_passes_where_there_is_one() {
        let place = Place::choose(DeviceChoice::Gpu);
        if !place.is_gpu() {
            eprintln!("skipped: {}", place.why());
            return;
        }
        let wanted = probe(&Device::flex()).unwrap();
        assert!(farthest(&probe(place.device()).unwrap(), &wanted) <= TOLERANCE);
    }
}
