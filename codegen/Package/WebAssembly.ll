; What LLVM calls on WebAssembly for want of an instruction, and JavaScript has nothing for.

; a * b + c, rounded once. The product is exact in f64; the sum is rounded to odd there, so that rounding it to f32 is as rounding the exact one
; (Boldo and Melquiond, Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd, IEEE Transactions on Computers 57, 2008).
define hidden float @fmaf(float %a, float %b, float %c) nounwind noredzone {
  %x.a = fpext float %a to double
  %x.b = fpext float %b to double
  %x = fmul double %x.a, %x.b
  %y = fpext float %c to double
  %sum = fadd double %x, %y
  %of.y = fsub double %sum, %x
  %of.x = fsub double %sum, %of.y
  %error.x = fsub double %x, %of.x
  %error.y = fsub double %y, %of.y
  %error = fadd double %error.x, %error.y
  %bits = bitcast double %sum to i64
  %error.bits = bitcast double %error to i64
  ; Ordered: beside an infinity or a NaN there is nothing to mend.
  %inexact = fcmp one double %error, 0.0
  %last = trunc i64 %bits to i1
  %even = xor i1 %last, true
  %mend = and i1 %inexact, %even
  %apart = xor i64 %bits, %error.bits
  %toward.zero = icmp slt i64 %apart, 0
  %step = select i1 %toward.zero, i64 -1, i64 1
  %odd = add i64 %bits, %step
  %best = select i1 %mend, i64 %odd, i64 %bits
  %rounded = bitcast i64 %best to double
  %result = fptrunc double %rounded to float
  ret float %result
}
