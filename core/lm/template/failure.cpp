// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/failure.hpp"

namespace vitrine::lm::jinja {

namespace {

std::string lineOf(Place place) {
    return std::to_string(place.line);
}
std::string columnOf(Place place) {
    return std::to_string(place.column);
}

} // namespace

void failSyntax(Place place, const std::string& expected, const std::string& found) {
    throw Failure{makeError("VIT-TPL-001", "Line %1, column %2 of the template: expected %3, found %4",
                            {lineOf(place), columnOf(place), expected, found})};
}
void failUnsupported(Place place, const std::string& what) {
    throw Failure{makeError("VIT-TPL-002",
                            "Line %1, column %2 of the template: %3 is not in the part of Jinja that Vitrine runs",
                            {lineOf(place), columnOf(place), what})};
}
void failType(Place place, const std::string& what, const std::string& operands) {
    throw Failure{makeError("VIT-TPL-003", "Line %1, column %2 of the template: %3 does not work on %4",
                            {lineOf(place), columnOf(place), what, operands})};
}
void failUndefined(Place place, const std::string& name) {
    throw Failure{makeError("VIT-TPL-004", "Line %1, column %2 of the template: %3 is undefined",
                            {lineOf(place), columnOf(place), name})};
}
void failRaised(const std::string& message) {
    throw Failure{makeError("VIT-TPL-005", "The chat template refuses this conversation: %1", {message})};
}
void failLimit(Place place, const std::string& limit) {
    throw Failure{makeError("VIT-TPL-006", "Line %1, column %2 of the template: the limit of %3 is reached",
                            {lineOf(place), columnOf(place), limit})};
}
void failSandbox(Place place, const std::string& attribute) {
    throw Failure{makeError("VIT-TPL-007", "Line %1, column %2 of the template: %3 is out of a template's reach",
                            {lineOf(place), columnOf(place), attribute})};
}
void failArguments(Place place, const std::string& function) {
    throw Failure{makeError("VIT-TPL-008", "Line %1, column %2 of the template: %3 does not take these arguments",
                            {lineOf(place), columnOf(place), function})};
}
void failResult(Place place, const std::string& what) {
    throw Failure{makeError("VIT-TPL-010", "Line %1, column %2 of the template: %3 has no result",
                            {lineOf(place), columnOf(place), what})};
}

} // namespace vitrine::lm::jinja
