#include "bench/entgen/names.hpp"

#include <array>

namespace entstream::entgen {

namespace {

constexpr auto female = std::to_array<std::string_view>({
    "Adèle",    "Agathe",    "Alice",    "Ambre",   "Anaïs",     "Anne-Lise",    "Apolline", "Assia",  "Aya",
    "Bérénice", "Camille",   "Capucine", "Cécile",  "Chiara",    "Chloé",        "Clémence", "Élise",  "Éloïse",
    "Emma",     "Enora",     "Fatou",    "Garance", "Gwenaëlle", "Hélène",       "Inès",     "Iris",   "Jade",
    "Jeanne",   "Judith",    "Julia",    "Kenza",   "Léa",       "Lilou",        "Lina",     "Loane",  "Louise",
    "Lucie",    "Maëlle",    "Maïwenn",  "Manon",   "Margaux",   "Marie-Noëlle", "Mila",     "Nina",   "Noémie",
    "Océane",   "Ombeline",  "Pauline",  "Romane",  "Rose",      "Salomé",       "Sarah",    "Soizic", "Solenne",
    "Tess",     "Valentine", "Yaëlle",   "Yasmine", "Zélie",     "Zoé",
});

constexpr auto male = std::to_array<std::string_view>({
    "Aaron",     "Achille",         "Adam",    "Adrien",   "Alban",   "Alexis",    "Amaury",  "Anatole",  "Armel",
    "Arthur",    "Aurélien",        "Axel",    "Baptiste", "Bilal",   "Brieuc",    "Clément", "Corentin", "Côme",
    "Cyprien",   "Diego",           "Édouard", "Eliott",   "Émile",   "Enzo",      "Erwan",   "Étienne",  "Evann",
    "Félix",     "François-Xavier", "Gabriel", "Gaël",     "Gaspard", "Hippolyte", "Hugo",    "Ibrahim",  "Ilan",
    "Jean-Noël", "Jérémie",         "Joris",   "Jules",    "Kévin",   "Léo",       "Loïc",    "Lucas",    "Maël",
    "Malo",      "Mathéo",          "Mehdi",   "Nathan",   "Noé",     "Octave",    "Paul",    "Quentin",  "Raphaël",
    "Robin",     "Samuel",          "Théo",    "Titouan",  "Yanis",   "Yann",
});

constexpr auto family_names = std::to_array<std::string_view>({
    "ALLAIN",   "ANDRÉ",    "ARNAUD",  "AUBERT",   "BARBIER",  "BARON",     "BAUDRY",    "BÉCHET",   "BELLEC",
    "BENOÎT",   "BERNARD",  "BERTIN",  "BESNARD",  "BLANCHET", "BODIN",     "BONNET",    "BOUCHER",  "BOURDON",
    "BOUVIER",  "BRIAND",   "CADIOU",  "CARLIER",  "CARRÉ",    "CHAUVEL",   "CHEVALIER", "COLIN",    "CORDIER",
    "COUDRAY",  "D'ARGOËT", "DANIEL",  "DELAUNAY", "DENIS",    "DESCHAMPS", "DIALLO",    "DUBOIS",   "DUHAMEL",
    "DUPONT",   "DURAND",   "ÉVRARD",  "FAURE",    "FERRAND",  "FLEURY",    "FOUQUET",   "FRANÇOIS", "GALLAIS",
    "GARCIA",   "GAUTIER",  "GÉRARD",  "GICQUEL",  "GIRARD",   "GOSSELIN",  "GUÉRIN",    "GUILLOU",  "HAMON",
    "HARDY",    "HERVÉ",    "HUBERT",  "JACOB",    "JAOUEN",   "JOLY",      "JOUAN",     "KERVELLA", "KONATÉ",
    "L'HOSTIS", "LACROIX",  "LAMBERT", "LANGLOIS", "LAUNAY",   "LE BRAS",   "LE GALL",   "LE GUEN",  "LEBRETON",
    "LECOMTE",  "LEFÈVRE",  "LEMOINE", "LEROUX",   "LOPEZ",    "LUCAS",     "MACÉ",      "MAHÉ",     "MARCHAND",
    "MARTEL",   "MARTIN",   "MASSON",  "MÉNARD",   "MERCIER",  "MICHEL",    "MONNIER",   "MOREAU",   "MORIN",
    "MOULIN",   "N'DIAYE",  "NAVARRO", "NGUYEN",   "NICOLAS",  "NOËL",      "OLIVIER",   "OUADAH",   "PASQUIER",
    "PAYEN",    "PERRIN",   "PETIT",   "PICARD",   "POIRIER",  "PRÉVOST",   "PRIGENT",   "QUÉRÉ",    "RAYNAUD",
    "RENAULT",  "RICHARD",  "RIOU",    "RIVIÈRE",  "ROBERT",   "ROUSSEL",   "ROYER",     "SALAÜN",   "SANCHEZ",
    "SAVARY",   "SIMON",    "TANGUY",  "TESSIER",  "THOMAS",   "TRAORÉ",    "TURPIN",    "VALLÉE",   "VASSEUR",
    "VIDAL",    "YILDIZ",
});

constexpr auto schools = std::to_array<std::string_view>({
    "L'ÉTANG NEUF",         "LES TROIS MOULINS", "JEANNE D'ARMOR",     "LE GUÉ-AU-LOUP",
    "LES PRÉS FLEURIS",     "SAINT-AUBERTIN",    "LA CROIX-ROUSSIÈRE", "LE VAL D'ORGE BLANCHE",
    "ÉMILE BEAUCHÂTEL",     "LES ROCHES NOIRES", "LA PETITE FORÊT",    "MARGUERITE DELMONT",
    "LE PONT-NEUF",         "LES GRANDS CHÊNES", "L'HERMINE",          "LE CLOS DES VIGNES",
    "LA FONTAINE AUX FÉES", "ANATOLE KERDREUX",  "LES QUATRE VENTS",   "LE MOULIN À PAPIER",
    "LA BAIE DES SABLES",   "SIMONE VALLIÈRES",  "L'ÎLE AUX OISEAUX",  "LE CHAMP DU BOURG",
    "LES HAUTES TERRES",    "LE PARC",           "LA VALLÉE D'ARGENT", "GUSTAVE ROCHEBRUNE",
    "LES ORMEAUX",          "LA PLACE D'ARMES",  "LE PHARE",           "LES GENÊTS D'OR",
});

constexpr auto places = std::to_array<std::string_view>({
    "PONT-SUR-LANDE",
    "SAINT-MÉLOIR-LES-PINS",
    "KERVANOU",
    "LA ROCHE-AUX-MOINES",
    "VILLENEUVE-D'ARMOR",
    "PLOUGASTELLAN",
    "LES ESSARTS-BLANCS",
    "CHÂTELMEUR",
    "PORT-ÉTOILE",
    "MONTFORT-LE-GUÉ",
    "SAINT-BRIAC-DU-VAL",
    "LANDERVEN",
    "BEAULIEU-L'ABBÉ",
    "GUERMEUR",
    "TRÉGOUET",
    "QUIMERC'H-SUR-ODE",
});

struct Fold {
    std::string_view utf8;
    char ascii;
};

constexpr std::array folds{
    Fold{"à", 'a'}, Fold{"â", 'a'}, Fold{"ç", 'c'}, Fold{"è", 'e'}, Fold{"é", 'e'}, Fold{"ê", 'e'}, Fold{"ë", 'e'},
    Fold{"î", 'i'}, Fold{"ï", 'i'}, Fold{"ô", 'o'}, Fold{"ù", 'u'}, Fold{"û", 'u'}, Fold{"ü", 'u'}, Fold{"À", 'a'},
    Fold{"Â", 'a'}, Fold{"Ç", 'c'}, Fold{"È", 'e'}, Fold{"É", 'e'}, Fold{"Ê", 'e'}, Fold{"Ë", 'e'}, Fold{"Î", 'i'},
    Fold{"Ï", 'i'}, Fold{"Ô", 'o'}, Fold{"Ù", 'u'}, Fold{"Û", 'u'}, Fold{"Ü", 'u'},
};

char folded(std::string_view two_bytes) {
    for (const Fold& fold : folds) {
        if (fold.utf8 == two_bytes) {
            return fold.ascii;
        }
    }
    return 'x';
}

}  // namespace

std::span<const std::string_view> female_first_names() {
    return female;
}
std::span<const std::string_view> male_first_names() {
    return male;
}
std::span<const std::string_view> surnames() {
    return family_names;
}
std::span<const std::string_view> school_names() {
    return schools;
}
std::span<const std::string_view> towns() {
    return places;
}

std::string ascii_login(std::string_view name) {
    std::string login;
    login.reserve(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (static_cast<unsigned char>(c) >= 0x80) {  // every accented letter of the lists takes two bytes
            login += folded(name.substr(i, 2));
            ++i;
        } else if (c >= 'A' && c <= 'Z') {
            login += static_cast<char>(c - 'A' + 'a');
        } else if (c == ' ') {
            login += '-';
        } else if (c != '\'') {
            login += c;
        }
    }
    return login;
}

}  // namespace entstream::entgen
