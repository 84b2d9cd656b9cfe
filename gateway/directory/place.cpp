#include "gateway/directory/place.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace northstar::directory {

double kilometres(Point a, Point b) {
  constexpr double kMeanEarthRadius = 6371.009;  // km, IUGG
  constexpr double kRadians = std::numbers::pi / 180;
  const double dlat = (b.latitude - a.latitude) * kRadians / 2;
  const double dlon = (b.longitude - a.longitude) * kRadians / 2;
  const double h = std::sin(dlat) * std::sin(dlat) +
                   std::cos(a.latitude * kRadians) * std::cos(b.latitude * kRadians) * std::sin(dlon) * std::sin(dlon);
  return 2 * kMeanEarthRadius * std::asin(std::sqrt(std::min(1.0, h)));
}

std::string_view name(Precision precision) {
  switch (precision) {
    case Precision::none:
      return "none";
    case Precision::area_code:
      return "area_code";
    case Precision::county:
      return "county";
    case Precision::place:
      return "place";
    case Precision::zip:
      return "zip";
    case Precision::coordinate:
      return "coordinate";
  }
  return "none";
}

}  // namespace northstar::directory
