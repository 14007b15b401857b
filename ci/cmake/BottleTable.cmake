# bottle_table(<library> ITEMS a b c): one list that is both the sources and the registry.
# Makes the STATIC library from registry.cc and <item>.cc, and writes <library>.inc with one BOTTLE_ITEM(<item>) a line.
# An item that is listed but has no factory does not link; a .cc that is not listed fails ci/check_layers.py.
function(bottle_table library)
  cmake_parse_arguments(arg "" "" "ITEMS;EXTRA" ${ARGN})
  set(sources registry.cc ${arg_EXTRA})
  set(lines "")
  foreach(item IN LISTS arg_ITEMS)
    list(APPEND sources ${item}.cc)
    string(APPEND lines "BOTTLE_ITEM(${item})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/${library}.inc CONTENT "${lines}")
  add_library(bottle-${library} STATIC ${sources})
  list(TRANSFORM arg_ITEMS APPEND .cc)
  bottle_not_in_unity(registry.cc ${arg_ITEMS})  # every item has a build() or write() of its own
  target_include_directories(bottle-${library} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
  target_link_libraries(bottle-${library} PUBLIC bottle-harness PRIVATE bottle::options)
endfunction()
