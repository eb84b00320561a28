//! Where tiles from the web are kept between runs.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// When the folder holds more, it is emptied: nothing else takes old tiles out of it.
const MAX_BYTES: u64 = 1 << 30;

/// The folder for tiles in the user's cache: `$XDG_CACHE_HOME/fairway/tiles`, or the platform's
/// equivalent. `None` where no file can be written into it, for tiles that cannot be kept would not
/// be shown either. Makes it, and empties it when it has grown beyond a gigabyte; takes some
/// milliseconds.
pub fn tile_folder() -> Option<PathBuf> {
    let folder = cache_folder(|name| env::var_os(name))?.join("fairway").join("tiles");
    is_usable(&folder, MAX_BYTES).then_some(folder)
}

fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "windows") {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library").join("Caches"))
    } else {
        // A relative path there is to be ignored, says the XDG specification.
        folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
    }
}

fn is_usable(folder: &Path, max_bytes: u64) -> bool {
    if size_bytes(folder) > max_bytes {
        fs::remove_dir_all(folder).ok(); // What could not be removed still serves.
    }
    let trial = folder.join(format!("trial-{}", std::process::id()));
    let is_usable = fs::create_dir_all(folder).is_ok() && fs::write(&trial, b"fairway").is_ok();
    fs::remove_file(&trial).ok(); // It may never have been made.
    is_usable
}

/// Everything below `folder`; what cannot be read counts as nothing. Links are not followed.
fn size_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size_bytes(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_folder_is_where_the_user_keeps_caches() {
        let with = |cache: &'static str, home: &'static str| {
            cache_folder(move |name| match name {
                "XDG_CACHE_HOME" => Some(cache.into()),
                "HOME" => Some(home.into()),
                _ => None,
            })
        };
        assert_eq!(with("/c", "/h"), Some("/c".into()));
        assert_eq!(with("", "/h"), Some("/h/.cache".into()));
        assert_eq!(with("relative", "/h"), Some("/h/.cache".into()));
        assert_eq!(with("", ""), None);
    }

    #[test]
    fn a_folder_that_has_grown_too_large_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let tiles = folder.path().join("fairway").join("tiles");
        let tile = tiles.join("deep").join("tile");
        assert!(is_usable(&tiles, 1000));
        fs::create_dir(tiles.join("deep")).unwrap();
        fs::write(&tile, [0; 1000]).unwrap();
        assert!(is_usable(&tiles, 1000) && tile.exists());
        assert!(is_usable(&tiles, 999) && !tile.exists());
        assert_eq!(fs::read_dir(&tiles).unwrap().count(), 0);
    }

    #[test]
    fn where_nothing_can_be_written_no_tiles_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "in the way").unwrap();
        assert!(!is_usable(&file.join("tiles"), 1000));
    }
}
