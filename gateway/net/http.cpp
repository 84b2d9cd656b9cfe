#include "gateway/net/http.h"

#include <algorithm>
#include <stdexcept>

namespace northstar::net {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_media_type(std::string_view content_type, std::string_view type) {
  return equal_ignoring_case(content_type.substr(0, content_type.find_first_of("; \t")), type);
}

std::string_view Request::header(std::string_view name) const {
  for (const Header& header : headers)
    if (equal_ignoring_case(header.name, name)) return header.value;
  return {};
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const Header& header) { return equal_ignoring_case(header.name, name); }));
}

Response plain(int status, std::string_view sentence) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = sentence;
  response.body += '\n';
  return response;
}

std::string_view sentence_for(int status) {
  switch (status) {
    case 400: return "This request could not be read.";
    case 403: return "This request is not allowed.";
    case 404: return "There is nothing at this address.";
    case 405: return "This address does not answer that kind of request.";
    case 408: return "The request took too long to arrive.";
    case 413: return "The request is too large.";
    case 415: return "This kind of content is not read here.";
    case 417: return "This expectation cannot be met.";
    case 431: return "The request's headers are too large.";
    case 503: return "The service is away for a moment. Please try again.";
    default: return "Something went wrong here. Please try again.";
  }
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

void Router::add(std::string method, std::string path, Handler handler) {
  auto& methods = paths_[std::move(path)];
  if (std::ranges::any_of(methods, [&](const Method& known) { return known.name == method; }))
    throw std::logic_error("two handlers for one method and path");
  methods.push_back({std::move(method), std::move(handler)});
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  const auto at = paths_.find(path);
  if (at == paths_.end()) return {};
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Method& known : at->second)
    if (known.name == wanted) return {&known.handler, {}};
  Found found;
  for (const Method& known : at->second) {
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += known.name;
    if (known.name == "GET") found.allow += ", HEAD";
  }
  return found;
}

}  // namespace northstar::net
