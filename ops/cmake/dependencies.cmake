# Where each library comes from: Debian 12's packages, all of them installed by ops/install.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS headers json url)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n data)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(Protobuf REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)

find_library(CLD2_LIBRARY cld2 REQUIRED)
add_library(cld2 INTERFACE)
target_link_libraries(cld2 INTERFACE ${CLD2_LIBRARY})

# libphonenumber-dev wants Boost 1.74's development packages, which exclude 1.81's. Its headers are unpacked
# beside the build; the libraries are the installed run-time ones.
set(phonenumber_dir ${CMAKE_BINARY_DIR}/phonenumber)
if(NOT EXISTS ${phonenumber_dir}/usr/include/phonenumbers/phonenumberutil.h)
  file(MAKE_DIRECTORY ${phonenumber_dir})
  execute_process(
    COMMAND sh -c "apt-get -o APT::Sandbox::User=root download -qq libphonenumber-dev=$(dpkg-query -Wf '\${Version}' libphonenumber8) && dpkg-deb -x libphonenumber-dev_*.deb . && rm -f libphonenumber-dev_*.deb"
    WORKING_DIRECTORY ${phonenumber_dir} RESULT_VARIABLE status ERROR_VARIABLE problem)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "cannot fetch libphonenumber's headers (is apt-get update done?): ${problem}")
  endif()
endif()
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 REQUIRED)
find_library(GEOCODING_LIBRARY NAMES libgeocoding.so.8 REQUIRED)
add_library(phonenumber INTERFACE)
target_include_directories(phonenumber SYSTEM INTERFACE ${phonenumber_dir}/usr/include)
target_link_libraries(phonenumber INTERFACE ${PHONENUMBER_LIBRARY} ${GEOCODING_LIBRARY} protobuf::libprotobuf ICU::i18n ICU::uc)
