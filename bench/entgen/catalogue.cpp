#include "bench/entgen/catalogue.hpp"

#include <array>

namespace entstream::entgen {

namespace {

constexpr std::array college_levels{
    Level{"6EME", "6", "10010012110", "6EME", 2015},
    Level{"5EME", "5", "10110001110", "5EME GENERALE", 2014},
    Level{"4EME", "4", "10210001110", "4EME GENERALE", 2013},
    Level{"3EME", "3", "10310019110", "3EME GENERALE", 2012},
};

constexpr std::array lycee_levels{
    Level{"2NDE", "2", "20010015110", "2NDE GENERALE ET TECHNO", 2011},
    Level{"1ERE", "1", "20110019110", "1ERE GENERALE", 2010},
    Level{"TERM", "T", "20210019110", "TERMINALE GENERALE", 2009},
};

constexpr Subject french{"FRA", "Français", "L0201", "LETTRES CLASSIQUES", "020700", 4};
constexpr Subject mathematics{"MAT", "Mathématiques", "L1300", "MATHEMATIQUES", "061300", 4};
constexpr Subject english{"ANG", "Anglais", "L0422", "ANGLAIS", "030201", 5};
constexpr Subject spanish{"ESP", "Espagnol", "L0426", "ESPAGNOL", "030602", 6};
constexpr Subject german{"ALL", "Allemand", "L0421", "ALLEMAND", "030102", 12, true};
constexpr Subject history{"HGE", "Histoire-géographie", "L1000", "HISTOIRE GEOGRAPHIE", "043700", 5};
constexpr Subject biology{
    "SVT", "Sciences de la vie et de la Terre", "L1600", "SCIENCES DE LA VIE ET DE LA TERRE", "062900", 7};
constexpr Subject physics{"PHC", "Physique-chimie", "L1500", "SCIENCES PHYSIQUES", "062300", 7};
constexpr Subject sports{"EPS", "Éducation physique et sportive", "L1900", "EDUCATION PHYSIQUE ET SPORTIVE", "100100",
                         5};
constexpr Subject arts{"ART", "Arts plastiques", "L1800", "ARTS PLASTIQUES", "090100", 12, true};
constexpr Subject music{"MUS", "Éducation musicale", "L1700", "EDUCATION MUSICALE", "091300", 12};
constexpr Subject technology{"TEC", "Technologie", "L1400", "TECHNOLOGIE", "070800", 7};
constexpr Subject philosophy{"PHI", "Philosophie", "L0100", "PHILOSOPHIE", "013000", 6};
constexpr Subject economics{
    "SES", "Sciences économiques et sociales", "L1100", "SCIENCES ECONOMIQUES ET SOCIALES", "052300", 6};

constexpr std::array college_subjects{french,  mathematics, english, spanish, german, history,
                                      biology, physics,     sports,  arts,    music,  technology};
constexpr std::array lycee_subjects{french,  mathematics, english, spanish, german,     history,
                                    biology, physics,     sports,  arts,    philosophy, economics};

constexpr Post headmaster{"DIR", "DIRECTION", "D0010", "DIRECTION ET GESTION", "National_DIR", "DIRECTION"};
constexpr Post librarian{"DOC", "DOCUMENTATION", "L0080", "DOCUMENTATION", "National_DOC", "DOCUMENTATION"};
constexpr Post counsellor{"EDU", "EDUCATION", "E0030", "EDUCATION", "National_EVS", "VIE SCOLAIRE"};
constexpr Post assistant{"AED",          "ASSISTANT D'EDUCATION", "E0040", "ASSISTANCE EDUCATIVE",
                         "National_EVS", "VIE SCOLAIRE"};
constexpr Post secretary{"ADF", "PERSONNEL ADMINISTRATIF", "A0010", "ADMINISTRATION", "National_ETA", "SECRETARIAT"};
constexpr Post nurse{"MDS", "PERSONNELS MEDICO-SOCIAUX", "M0010", "SANTE", "National_ETA", "INFIRMERIE"};
constexpr Post careers{"ORI", "ORIENTATION", "O0040", "ORIENTATION", "National_ETA", "ORIENTATION"};
constexpr Post worker{
    "OUV", "PERSONNELS OUVRIERS ET DE SERVICE", "T0010", "SERVICES GENERAUX", "National_ETA", "SERVICES GENERAUX"};

constexpr std::array posts{headmaster, librarian, counsellor, secretary, assistant, assistant, headmaster, careers,
                           assistant,  worker,    nurse,      assistant, librarian, secretary, assistant,  worker};

}  // namespace

std::span<const Level> levels_of(SchoolKind kind) {
    return kind == SchoolKind::college ? std::span<const Level>(college_levels) : std::span<const Level>(lycee_levels);
}

std::span<const Subject> subjects_of(SchoolKind kind) {
    return kind == SchoolKind::college ? college_subjects : lycee_subjects;
}

std::span<const Post> staff_posts() {
    return posts;
}

}  // namespace entstream::entgen
