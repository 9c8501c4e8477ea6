# Writes the table of src/lang/library.h from the files of stdlib/:
#
#     cmake -DSTDLIB=stdlib -DOUT=library.c -P tools/embed_stdlib.cmake
#
# stdlib/std/list.pbs is the module "@std/list"; a folder stdlib/std/text/ is
# the module "@std/text" with all files in it.

file(GLOB_RECURSE paths RELATIVE ${STDLIB} ${STDLIB}/*/*.pbs)
list(SORT paths)

set(texts "")
set(rows "")
set(number 0)
foreach(path IN LISTS paths)
    file(READ ${STDLIB}/${path} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex
           "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    # std/list.pbs, but std/text/case.pbs: the folder below std names it.
    string(REGEX REPLACE "\\.pbs$" "" module ${path})
    string(REGEX REPLACE "^([^/]*/[^/]*)/.*$" "\\1" module ${module})
    string(APPEND texts
           "static const unsigned char text_${number}[] = {\n${hex}0};\n")
    string(APPEND rows
           "    {\"@${module}\", \"@${path}\", "
           "(const char *)text_${number}, sizeof text_${number} - 1},\n")
    math(EXPR number "${number} + 1")
endforeach()

set(source "// Made by tools/embed_stdlib.cmake from stdlib/.\n")
string(APPEND source "#include \"lang/library.h\"\n\n${texts}\n")
string(APPEND source
       "const struct pm_library_file pm_library_files[] = {\n${rows}"
       "    {0, 0, 0, 0},\n};\n"
       "const size_t pm_library_count = ${number};\n")
file(WRITE ${OUT} "${source}")
