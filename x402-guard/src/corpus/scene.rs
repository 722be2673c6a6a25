//! Filling templates: one sample's people and numbers.

use crate::corpus::email;
use crate::corpus::encode::{self, Position};
use crate::corpus::held_out::Split;
use crate::corpus::identifiers::{IDENTIFIERS, Identifier};
use crate::corpus::lists::Lists;
use crate::corpus::lookalikes::lookalike;
use crate::corpus::names::Names;
use crate::corpus::numbers::secret::{KINDS, Kind};
use crate::corpus::numbers::{Value, card, iban, network, phone};
use crate::corpus::organisations::Organisations;
use crate::corpus::person::Person;
use crate::corpus::places::Places;
use crate::corpus::prng::Prng;
use crate::corpus::record::Field;
use crate::corpus::template::{Part, Template};
use crate::corpus::text::FieldText;

/// All that values are drawn from.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) lists: Lists,
    pub(super) names: Names,
    pub(super) places: Places,
    pub(super) organisations: Organisations,
}

impl Cast {
    pub(super) fn new(split: Split) -> Self {
        let lists = Lists::read(split);
        Self {
            names: Names::new(&lists, split),
            places: Places::new(&lists, split),
            organisations: Organisations::new(&lists, split),
            lists,
        }
    }
}

/// One sample: its fields speak of the same person.
pub(super) struct Scene<'a> {
    cast: &'a Cast,
    person: Person,
    prng: Prng,
    /// Which number and which secret the field at hand is about: its key and its value belong together.
    identifier: &'static Identifier,
    secret: &'static Kind,
}

/// A value that is labelled, with what stands before it.
struct Labelled {
    before: &'static str,
    entity_type: &'static str,
    value: Value,
}

impl<'a> Scene<'a> {
    pub(super) fn new(cast: &'a Cast, mut prng: Prng) -> Self {
        let [identifier, ..] = &IDENTIFIERS;
        let [secret, ..] = &KINDS;
        Self {
            cast,
            person: cast.names.person(&mut prng),
            prng,
            identifier,
            secret,
        }
    }

    pub(super) fn prng(&mut self) -> &mut Prng {
        &mut self.prng
    }

    /// Writes a field from its template.
    pub(super) fn fill(&mut self, template: &Template) -> FieldText {
        let mut text = FieldText::new(template.field);
        if let Some(identifier) = self.prng.one_of(&IDENTIFIERS) {
            self.identifier = identifier;
        }
        self.secret = self.secret_for(template);
        self.parts(&template.parts, template.form_encoded, &mut text);
        text
    }

    /// Keys of several lines stand in prose alone.
    fn secret_for(&mut self, template: &Template) -> &'static Kind {
        let encoded = template.form_encoded || template.field == Field::ResourceUrl;
        loop {
            match self.prng.one_of(&KINDS) {
                Some(kind) if kind.in_url || !encoded => return kind,
                Some(_) => {}
                None => return self.secret,
            }
        }
    }

    fn parts(&mut self, parts: &[Part], form_encoded: bool, text: &mut FieldText) {
        for part in parts {
            match part {
                Part::Text(literal) => text.push(literal),
                Part::Slot(slot) => self.slot(slot, form_encoded, text),
                Part::OneOf(choices) => {
                    if let Some(choice) = self.prng.one_of(choices) {
                        self.parts(choice, form_encoded, text);
                    }
                }
            }
        }
    }

    fn slot(&mut self, slot: &str, form_encoded: bool, text: &mut FieldText) {
        let position = position(text, form_encoded);
        if let Some(labelled) = self.labelled(slot, position) {
            let before = encode::write(labelled.before, position, &mut self.prng);
            let written = encode::write(&labelled.value.text, position, &mut self.prng);
            text.push(&before.text);
            let form = format!("{}{}", labelled.value.form, written.way);
            text.push_labelled(&written.text, labelled.entity_type, form);
            return;
        }
        let plain = match slot {
            "idkey" => self.prng.text(self.identifier.keys).to_owned(),
            "idword" => self.prng.text(self.identifier.words).to_owned(),
            "secretkey" => self.prng.text(self.secret.keys).to_owned(),
            _ => lookalike(slot, &self.cast.lists, &mut self.prng).unwrap_or_default(),
        };
        text.push(&encode::write(&plain, position, &mut self.prng).text);
    }

    fn labelled(&mut self, slot: &str, position: Position) -> Option<Labelled> {
        let (cast, prng) = (self.cast, &mut self.prng);
        let (entity_type, value) = match slot {
            "person" | "person2" => {
                let other = (slot == "person2").then(|| cast.names.person(prng));
                let person = other.as_ref().unwrap_or(&self.person);
                let mention = person.mention(position, &cast.lists, prng);
                return Some(Labelled {
                    before: mention.before,
                    entity_type: "PERSON",
                    value: mention.value,
                });
            }
            "place" => ("LOCATION", cast.places.mention(position, prng)),
            "org" => {
                let named = cast
                    .organisations
                    .mention(position, &cast.names, &cast.places, prng);
                ("ORGANIZATION", named)
            }
            "email" => (
                "EMAIL_ADDRESS",
                email::email(&self.person, &cast.lists, prng),
            ),
            "phone" => ("PHONE_NUMBER", phone::phone(prng)),
            "id" => (self.identifier.entity_type, self.identifier.make(prng)),
            "card" => ("CREDIT_CARD", card::card(prng)),
            "iban" => ("IBAN_CODE", iban::iban(prng)),
            "ip" => ("IP_ADDRESS", network::ip(prng)),
            "mac" => ("MAC_ADDRESS", network::mac(prng)),
            "secret" => ("SECRET", self.secret.make(prng)),
            _ => return None,
        };
        Some(Labelled {
            before: "",
            entity_type,
            value,
        })
    }
}

/// A URL's path ends where its query or fragment begins.
fn position(text: &FieldText, form_encoded: bool) -> Position {
    match text.field() {
        Field::ResourceUrl if text.as_str().contains(['?', '#']) => Position::Query,
        Field::ResourceUrl => Position::Path,
        _ if form_encoded => Position::Query,
        _ => Position::Prose,
    }
}
