; What a library of Windows without the C runtime's start-up objects must bring. Microsoft, "Overview of ARM64 ABI conventions", "Stack".

; Named by every object that computes with floating point.
@_fltused = constant i32 1

; Before a frame of more than a page is taken (x15 times 16 bytes), each page of it is touched in order: the system extends the stack by one page at a
; time. x16 and x17 may change.
module asm ".globl __chkstk"
module asm "__chkstk:"
module asm "lsl x16, x15, #4"
module asm "mov x17, sp"
module asm "1:"
module asm "sub x17, x17, #4096"
module asm "ldr xzr, [x17]"
module asm "subs x16, x16, #4096"
module asm "b.gt 1b"
module asm "ret"
