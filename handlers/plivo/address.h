#pragma once
#include <string>

#include "handlers/plivo/plivo.h"

namespace northstar::plivo {

/// The webhook's address as Plivo calls it.
inline std::string webhook_url(const PlivoConfig& config) {
  return config.path_secret.empty() ? config.public_url : config.public_url + "/" + config.path_secret;
}

/// For `Authorization`.
inline std::string authorization(const PlivoConfig& config) {
  return "Basic " + net::base64(config.auth_id + ":" + config.auth_token);
}

/// `/v1/Account/<id>/Message/`, behind the API's own path.
inline std::string messages_path(const PlivoConfig& config) {
  return config.api.path + "/v1/Account/" + config.auth_id + "/Message/";
}

}  // namespace northstar::plivo
