#include "producer/control/request.hpp"

#include <algorithm>

namespace entstream::producer::control {

std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key, const ProducerConfig& config) {
    if (auto refusal = requests::check(request, key)) {
        return refusal;
    }
    const v1::Reconcile& reconcile = request.reconcile();
    const bool known = reconcile.what_case() != v1::Reconcile::kSearch ||
                       std::any_of(config.searches.begin(), config.searches.end(),
                                   [&](const SearchConfig& search) { return search.name == reconcile.search(); });
    if (!known) {
        return Refusal{.reason = "this source has no search of that name",
                       .remedy = "give a name that its configuration has ([[search]])"};
    }
    return std::nullopt;
}

bool is_short(const v1::ControlRequest& request) {
    return request.has_republish() || request.has_approve() ||
           (request.has_reconcile() && request.reconcile().has_entry());
}

}  // namespace entstream::producer::control
