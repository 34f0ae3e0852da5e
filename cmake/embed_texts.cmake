# embed_texts(TARGET <target> NAMESPACE <a::b> FUNCTION <name> [BASE <folder>] FILES <file>...)
#
# Builds the texts of the files into the target: a function `std::span<const EmbeddedText> <name>()` in the
# namespace, in the order of the files, each under its name without extension: the path below BASE, or without BASE the
# file name alone. The target's author declares that function in a header. Run as a script (-P) it writes the source file; it is its own generator.

if(CMAKE_SCRIPT_MODE_FILE)
  set(body "// Made by cmake/embed_texts.cmake.\n#include \"common/model/embedded_text.hpp\"\n\n#include <array>\n#include <span>\n\n")
  string(APPEND body "namespace ${NAMESPACE} {\n\nstd::span<const EmbeddedText> ${FUNCTION}();\n\n")
  string(APPEND body "std::span<const EmbeddedText> ${FUNCTION}() {\n    static constexpr std::array texts = {\n")
  string(REPLACE "|" ";" files "${FILES}")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    if(BASE)
      file(RELATIVE_PATH name "${BASE}" "${file}")
      string(REGEX REPLACE "\\.[^.]*$" "" name "${name}")
    else()
      get_filename_component(name "${file}" NAME_WE)
    endif()
    string(APPEND body "EmbeddedText{\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  string(APPEND body "    };\n    return texts;\n}\n\n}  // namespace ${NAMESPACE}\n")
  file(WRITE "${OUTPUT}" "${body}")
  return()
endif()

set(embed_texts_script ${CMAKE_CURRENT_LIST_FILE})

function(embed_texts)
  cmake_parse_arguments(arg "" "TARGET;NAMESPACE;FUNCTION;BASE" "FILES" ${ARGN})
  set(files)
  foreach(file IN LISTS arg_FILES)
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND files ${file})
  endforeach()
  list(JOIN files "|" joined)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${arg_FUNCTION}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${arg_NAMESPACE} -DFUNCTION=${arg_FUNCTION}
            -DBASE=${arg_BASE} -DFILES=${joined} -P ${embed_texts_script}
    DEPENDS ${files} ${embed_texts_script}
    VERBATIM)
  # Apart from our own sources, which clang-tidy examines.
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${arg_TARGET} PRIVATE ${output})
endfunction()
