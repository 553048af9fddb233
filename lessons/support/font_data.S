// The font files, byte for byte, in the read-only data of the program. CMake passes their paths.

    .section .rodata
    .global unroll_font_sans
    .balign 16
unroll_font_sans:
    .incbin UNROLL_FONT_SANS

    .global unroll_font_bold
    .balign 16
unroll_font_bold:
    .incbin UNROLL_FONT_BOLD

    .global unroll_font_mono
    .balign 16
unroll_font_mono:
    .incbin UNROLL_FONT_MONO

    .section .note.GNU-stack, "", %progbits
