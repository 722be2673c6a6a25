//! National and professional numbers with the parameter names and words that they go by.

use crate::corpus::numbers::{Value, americas, asia_pacific, europe};
use crate::corpus::prng::Prng;

/// A kind of number.
pub(super) struct Identifier {
    pub(super) entity_type: &'static str,
    /// Names of parameters and keys.
    pub(super) keys: &'static [&'static str],
    /// What people call it.
    pub(super) words: &'static [&'static str],
    make: fn(&mut Prng) -> Value,
}

impl Identifier {
    pub(super) fn make(&self, prng: &mut Prng) -> Value {
        (self.make)(prng)
    }
}

const fn identifier(
    entity_type: &'static str,
    keys: &'static [&'static str],
    words: &'static [&'static str],
    make: fn(&mut Prng) -> Value,
) -> Identifier {
    Identifier {
        entity_type,
        keys,
        words,
        make,
    }
}

/// Every kind; the American social security number stands three times, because it comes most.
pub(super) const IDENTIFIERS: [Identifier; 27] = [
    identifier(
        "US_SSN",
        &["ssn", "social_security_number", "patient_ssn"],
        &["SSN", "social security number", "Social Security No."],
        americas::ssn,
    ),
    identifier(
        "US_SSN",
        &["ssn", "ssn_no", "SSN"],
        &["SSN", "Social Security", "soc sec no"],
        americas::ssn,
    ),
    identifier(
        "US_SSN",
        &["taxpayer_ssn", "applicant_ssn", "socialSecurityNumber"],
        &["SSN", "patient SSN", "social security #"],
        americas::ssn,
    ),
    identifier(
        "US_ITIN",
        &["itin", "us_itin", "taxpayer_itin"],
        &["ITIN", "individual taxpayer number", "taxpayer ID (ITIN)"],
        americas::itin,
    ),
    identifier(
        "ABA_ROUTING_NUMBER",
        &["routing_number", "aba", "aba_routing", "rtn"],
        &["routing number", "ABA routing", "ABA no."],
        americas::aba,
    ),
    identifier(
        "US_NPI",
        &["npi", "provider_npi", "npi_number"],
        &["NPI", "provider NPI", "National Provider Identifier"],
        americas::npi,
    ),
    identifier(
        "MEDICAL_LICENSE",
        &["dea", "dea_number", "prescriber_dea"],
        &["DEA number", "DEA registration", "prescriber DEA"],
        americas::dea,
    ),
    identifier(
        "CA_SIN",
        &["sin", "social_insurance_number", "canada_sin"],
        &[
            "SIN",
            "social insurance number",
            "numéro d'assurance sociale",
        ],
        americas::sin,
    ),
    identifier(
        "UK_NHS",
        &["nhs", "nhs_number", "nhsNumber"],
        &["NHS number", "NHS no.", "NHS"],
        europe::nhs,
    ),
    identifier(
        "UK_NINO",
        &["nino", "ni_number", "national_insurance"],
        &["National Insurance number", "NINO", "NI number"],
        europe::nino,
    ),
    identifier(
        "ES_NIF",
        &["nif", "dni", "dni_cliente"],
        &["DNI", "NIF", "DNI del titular"],
        europe::nif,
    ),
    identifier(
        "ES_NIE",
        &["nie", "numero_nie"],
        &["NIE", "número de extranjero"],
        europe::nie,
    ),
    identifier(
        "IT_FISCAL_CODE",
        &["codice_fiscale", "cf", "codiceFiscale"],
        &["codice fiscale", "Codice Fiscale", "C.F."],
        europe::fiscal_code,
    ),
    identifier(
        "PL_PESEL",
        &["pesel", "nr_pesel"],
        &["PESEL", "numer PESEL", "nr PESEL"],
        europe::pesel,
    ),
    identifier(
        "DE_TAX_ID",
        &["steuer_id", "steueridentifikationsnummer", "idnr"],
        &["Steuer-ID", "Steueridentifikationsnummer", "IdNr."],
        europe::tax_id,
    ),
    identifier(
        "FI_PERSONAL_IDENTITY_CODE",
        &["hetu", "henkilotunnus"],
        &["henkilötunnus", "HETU", "personal identity code"],
        europe::hetu,
    ),
    identifier(
        "SE_PERSONNUMMER",
        &["personnummer", "pnr", "person_nr"],
        &["personnummer", "pers.nr", "Personnr"],
        europe::personnummer,
    ),
    identifier(
        "TR_NATIONAL_ID",
        &["tckn", "tc_kimlik_no", "tckimlik"],
        &["TC Kimlik No", "T.C. kimlik numarası", "TCKN"],
        europe::tc_kimlik,
    ),
    identifier(
        "IN_AADHAAR",
        &["aadhaar", "aadhaar_number", "uidai"],
        &["Aadhaar", "Aadhaar number", "आधार संख्या"],
        asia_pacific::aadhaar,
    ),
    identifier(
        "IN_PAN",
        &["pan", "pan_card", "pan_number"],
        &["PAN", "PAN card", "Permanent Account Number"],
        asia_pacific::pan,
    ),
    identifier(
        "AU_TFN",
        &["tfn", "tax_file_number"],
        &["TFN", "tax file number"],
        asia_pacific::tfn,
    ),
    identifier(
        "AU_MEDICARE",
        &["medicare", "medicare_number", "medicare_card"],
        &["Medicare number", "Medicare card", "Medicare no."],
        asia_pacific::medicare,
    ),
    identifier(
        "AU_ABN",
        &["abn", "business_abn"],
        &["ABN", "Australian Business Number"],
        asia_pacific::abn,
    ),
    identifier(
        "SG_NRIC_FIN",
        &["nric", "fin", "nric_no"],
        &["NRIC", "FIN number", "NRIC no."],
        asia_pacific::nric,
    ),
    identifier(
        "KR_RRN",
        &["rrn", "jumin", "resident_number"],
        &["주민등록번호", "RRN", "resident registration number"],
        asia_pacific::rrn,
    ),
    identifier(
        "TH_TNIN",
        &["thai_id", "national_id_th", "citizen_id"],
        &["Thai national ID", "เลขประจำตัวประชาชน", "Thai ID"],
        asia_pacific::thai_id,
    ),
    identifier(
        "ZA_ID_NUMBER",
        &["za_id", "sa_id_number", "rsa_id"],
        &["South African ID", "SA ID number", "RSA ID no."],
        asia_pacific::za_id,
    ),
];
