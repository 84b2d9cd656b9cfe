// R38: the one fact of who writes that decides whom they are told of, and only in plain words of their own.
#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

TEST(Who, says_plainly_that_he_is_a_man) {
  for (const char* text : {"im a man", "I'm a guy", "i am male", "male", "im a 34 year old male", "i am a gay man",
                           "im a man, i need a shelter", "I am a male victim", "soy hombre", "soy un hombre", "soy varón",
                           "soy un señor de 60 años", "soy hombre y necesito refugio", "masculino", "sexo masculino"})
    EXPECT_TRUE(shipped().understand(text).man) << text << why(text);
}

TEST(Who, is_never_guessed) {
  for (const char* text : {"im not a man", "he says im a man", "a man hit me", "im with a man", "im a girl with a guy",
                           "man", "oh man", "bro please help", "do u help men", "my friend is a man", "im a man?",
                           "the guy i live with", "im a woman", "im a man hater", "hombre", "no soy hombre",
                           "dice que soy hombre", "un hombre me pega", "estoy con un hombre", "soy mujer",
                           "es un hombre malo", "soy la esposa de un hombre malo"})
    EXPECT_FALSE(shipped().understand(text).man) << text << why(text);
}

TEST(Who, speaks_of_himself_and_of_nobody_else) {  // R35: not "who is this about?"
  for (const char* text : {"im a man, i need a shelter", "im a guy i live in fresno", "soy un hombre que necesita refugio"})
    EXPECT_FALSE(shipped().understand(text).intents.contains(Intent::third_person)) << text << why(text);
  EXPECT_TRUE(shipped().understand("im a man. my friend needs help").intents.contains(Intent::third_person));
}

}  // namespace
}  // namespace northstar::language
