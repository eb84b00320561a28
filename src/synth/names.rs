//! Invented names: none is a place, and no ship is meant.

/// Ports on the shores of the basin.
#[rustfmt::skip] // One a line would be a page.
pub(super) const PORTS: [&str; 24] = [
    "Aldermoor", "Brackhaven", "Corvell", "Dunmarrow", "Eskerness", "Farrowgate", "Gullholm",
    "Hestvik", "Ivarsund", "Jorrick", "Keldmouth", "Larkhythe", "Merrowby", "Norrvane",
    "Ostermouth", "Pellworth", "Quillhaven", "Rannoway", "Selverick", "Tarnholm", "Ulverstrand",
    "Varrenmouth", "Wexholm", "Yarrowick",
];

/// Landings on islets, between which ferries go.
#[rustfmt::skip] // One a line would be a page.
pub(super) const LANDINGS: [&str; 16] = [
    "Skerrow", "Holmsey", "Petrel Isle", "Gannet Quay", "Tern Bay", "Sula Rock", "Fulmar Point",
    "Auk Haven", "Shearwater", "Whimbrel Sound", "Kittiwake", "Dotterel", "Eider Strand",
    "Plover Ness", "Razorbill", "Sandling",
];

/// First words of ships' names.
#[rustfmt::skip] // One a line would be a page.
pub(super) const FIRST_WORDS: [&str; 32] = [
    "NORTHERN", "SILVER", "OCEAN", "EARLY", "AMBER", "WESTERN", "GOLDEN", "IRON", "BALTHAZAR",
    "CORAL", "POLAR", "ATLANTIC", "BRIGHT", "GRAND", "SWIFT", "QUIET", "STELLAR", "EMERALD",
    "BLUE", "CRIMSON", "ROYAL", "EASTERN", "DISTANT", "MAGNUS", "HELGA", "INGRID", "THORA",
    "SIGRID", "VIKTOR", "LUCIA", "MARGIT", "OSKAR",
];

/// Second words of ships' names.
#[rustfmt::skip] // One a line would be a page.
pub(super) const SECOND_WORDS: [&str; 32] = [
    "LIGHT", "DAWN", "TRADER", "SPIRIT", "VOYAGER", "HORIZON", "STAR", "WAVE", "PIONEER",
    "CARRIER", "EXPRESS", "WIND", "COMET", "FALCON", "HARMONY", "JEWEL", "BREEZE", "CREST",
    "GLORY", "LEGEND", "MERCHANT", "NAVIGATOR", "PEARL", "QUEST", "RANGER", "SKY", "TIDE",
    "UNITY", "VENTURE", "WARRIOR", "ZENITH", "ARROW",
];
