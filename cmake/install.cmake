# cmake --install build/release [--prefix /usr/local]: the programs, and what they say of themselves, which is made then:
# manual pages and completion for bash.

include(GNUInstallDirs)

foreach(program entstream-producer entstream-consumer entstream-replay)
  install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(CODE "
    set(man \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1\")
    set(completions \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/bash-completion/completions\")
    file(MAKE_DIRECTORY \"\${man}\" \"\${completions}\")
    execute_process(COMMAND \"$<TARGET_FILE:${program}>\" --help-man
                    OUTPUT_FILE \"\${man}/${program}.1\" COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND \"$<TARGET_FILE:${program}>\" --completion=bash
                    OUTPUT_FILE \"\${completions}/${program}\" COMMAND_ERROR_IS_FATAL ANY)")
endforeach()
