#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/receipt.h"
#include "handlers/smpp/pdu.h"

/// What an SMSC says became of a text (SMPP 3.4, 4.6 and appendix B).
namespace northstar::smpp {

/// How an SMSC writes a message's id: in one way where it takes a text, perhaps in another where it tells what became of it.
enum class IdForm { text, decimal, hex };

/// Both ways made the same: as a decimal number without zeros in front where the form says it is a number. What is no
/// number stays as it is.
std::string same_id(std::string_view id, IdForm form);

struct ReceiptRead {
  std::string id;                ///< as same_id makes it
  net::Receipt::Status status = net::Receipt::Status::under_way;
  std::string error_code;        ///< digits only
};

/// Whether esm_class says that this is a receipt. Its words never do.
bool is_receipt(const Message& message);

/// The TLVs win over the text form ("id:… stat:DELIVRD err:000 text:…"); what follows "text:" is our own old message and is
/// not looked at. `taken` is how ids are written in a submit_sm_resp, `told` how in a receipt's text. Nothing without an id.
std::optional<ReceiptRead> read_receipt(const Message& message, IdForm taken, IdForm told);

}  // namespace northstar::smpp
