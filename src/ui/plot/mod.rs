//! What plots share whose axes are parameters: quiet plots, axes of powers of ten, lines to drag.

pub mod axis;
pub mod line;

use std::sync::Arc;

use egui::{Context, Id, Response, Role, WidgetInfo};
use egui_plot::Plot;

pub use line::{DragLine, Scale};

use crate::base::chart::Chart;

/// A plot that neither moves nor zooms: its axes are fixed, and the pointer is for what lies in it.
pub fn quiet<'a>(name: &str) -> Plot<'a> {
    Plot::new(name)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .label_formatter(|_| None)
}

/// Offers in a plot's context menu to save it, as a picture for print or as its values: what `chart` makes. Plots have
/// no way to ask the app for something; the wish waits in the context until [`take_wish`].
pub fn offer_picture(response: &Response, chart: impl FnOnce() -> Chart) {
    response.context_menu(|ui| {
        if ui.button("Save plot as SVG, PNG or CSV…").clicked() {
            let wish = Wish(Arc::new(chart()));
            ui.data_mut(|data| data.insert_temp(wish_id(), wish));
            ui.close();
        }
    });
}

/// The plot that is to be saved, if there is one; it is handed out once.
pub fn take_wish(context: &Context) -> Option<Arc<Chart>> {
    context.data_mut(|data| data.remove_temp::<Wish>(wish_id())).map(|wish| wish.0)
}

/// A plot that is to be saved.
#[derive(Clone, Default)]
struct Wish(Arc<Chart>);

fn wish_id() -> Id {
    Id::unique("plot to save")
}

/// Says to screen readers what a plot shows: plots tell nothing by themselves.
pub fn describe(response: &Response, text: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text));
}
