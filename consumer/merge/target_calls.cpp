// What MoodleTarget offers: each call goes to its Impl, with the watch over servers that do not answer.

#include <memory>

#include "consumer/merge/target_impl.hpp"

namespace entstream::consumer::merge {

MoodleTarget::MoodleTarget(const ConsumerConfig& config) : impl_(std::make_unique<Impl>(config)) {}
MoodleTarget::~MoodleTarget() = default;
MoodleTarget::MoodleTarget(MoodleTarget&&) noexcept = default;
MoodleTarget& MoodleTarget::operator=(MoodleTarget&&) noexcept = default;

void MoodleTarget::open() {
    impl_->connect();
    impl_->watched([&] { impl_->open(); });
}
StoredPosition MoodleTarget::claim(const std::string& source) {
    return impl_->watched([&] { return impl_->claim(source); });
}
std::optional<StoredPosition> MoodleTarget::position(const std::string& source) {
    return impl_->watched([&] { return impl_->position(source); });
}
FirstStart MoodleTarget::first_start() {
    return impl_->watched([&] { return impl_->first_start(); });
}
void MoodleTarget::store_first_start(const std::vector<PlanTotal>& totals, std::int64_t records) {
    impl_->watched([&] { impl_->store_first_start(totals, records); });
}
ApplySummary MoodleTarget::apply(const Batch& batch) {
    return impl_->watched([&] { return impl_->apply(batch); });
}
bool MoodleTarget::settle() {
    return impl_->watched([&] { return impl_->settle(); });
}
SweepSummary MoodleTarget::sweep(const std::string& source) {
    return impl_->watched([&] { return impl_->sweep(source); });
}
std::vector<RefusedRecord> MoodleTarget::refused(const std::string& source, const std::string& after, int most) {
    return impl_->watched([&] { return impl_->refused(source, after, most); });
}
Counts MoodleTarget::retry(const Batch& batch, const std::vector<RefusedRecord>& records) {
    return impl_->watched([&] { return impl_->retry(batch, records); });
}
void MoodleTarget::renew_lease() {
    impl_->watched([&] { impl_->renew_lease(); });
}
std::vector<TargetCount> MoodleTarget::counts() {
    return impl_->watched([&] { return impl_->counts(); });
}
void MoodleTarget::note_restored(const std::string& source) {
    impl_->watched([&] { impl_->note_restored(source); });
}
const SqlClock::Times& MoodleTarget::sql_times() const {
    return impl_->clock().times();
}
std::vector<Pause> MoodleTarget::pauses() {
    return impl_->watched([&] { return impl_->pauses(); });
}
void MoodleTarget::open_beside() {
    impl_->connect();
    impl_->watched([&] { impl_->open_beside(); });
}
void MoodleTarget::held(const std::string& source, const std::function<void(const HeldRemoval&)>& take) {
    impl_->watched([&] { impl_->held(source, take); });
}
void MoodleTarget::approve(const std::string& source, const HeldChoice& choice, HeldDecision& decision) {
    impl_->watched([&] { impl_->approve(source, choice, decision); });
}
Counts MoodleTarget::replay(const std::string& source, const ReplayScope& scope, const std::vector<ReplayUnit>& units,
                            const ReplayRemovals& remaining,
                            const std::function<void(const std::vector<PlannedObject>&)>& look) {
    return impl_->watched([&] { return impl_->replay(source, scope, units, remaining, look); });
}
void MoodleTarget::settle_beside(const std::string& source) {
    impl_->watched([&] { impl_->settle_beside(source); });
}
std::int64_t MoodleTarget::reject(const std::string& source, const HeldChoice& choice) {
    return impl_->watched([&] { return impl_->reject(source, choice); });
}

}  // namespace entstream::consumer::merge
