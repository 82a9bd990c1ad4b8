; What a library of Windows without the C runtime's start-up objects must bring. Microsoft, "x64 stack usage" and "Prolog and epilog".

; Named by every object that computes with floating point.
@_fltused = constant i32 1

; Before a frame of more than a page is taken (rax bytes), each page of it is touched in order: the system extends the stack by one page at a time.
; No register may change.
module asm ".globl __chkstk"
module asm "__chkstk:"
module asm "pushq %rcx"
module asm "pushq %rax"
module asm "leaq 24(%rsp), %rcx"
module asm "jmp 2f"
module asm "1:"
module asm "subq $4096, %rcx"
module asm "testb %cl, (%rcx)"
module asm "subq $4096, %rax"
module asm "2:"
module asm "cmpq $4096, %rax"
module asm "ja 1b"
module asm "subq %rax, %rcx"
module asm "testb %cl, (%rcx)"
module asm "popq %rax"
module asm "popq %rcx"
module asm "retq"
