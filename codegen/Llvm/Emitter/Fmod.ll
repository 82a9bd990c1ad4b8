; The remainder of a division of two f32, its sign the dividend's, exact as C's fmod: what NVPTX makes of frem rounds the quotient.
; In f64 every f32 is normal, and so is every multiple of the divisor by a power of two; what is taken off is exact (Sterbenz).
define internal float @fmod_f32(float %x, float %y) nounwind memory(none) {
  %wide = fpext float %x to double
  %by = fpext float %y to double
  %a = call double @llvm.fabs.f64(double %wide)
  %b = call double @llvm.fabs.f64(double %by)
  %zero = fcmp ueq double %b, 0.0
  %infinite = fcmp ueq double %a, 0x7FF0000000000000
  %none = or i1 %zero, %infinite
  br i1 %none, label %nan, label %test
nan:
  ret float 0x7FF8000000000000
test:
  %left = phi double [ %a, %0 ], [ %less, %round ]
  %more = fcmp oge double %left, %b
  br i1 %more, label %round, label %done
round:
  %leftbits = bitcast double %left to i64
  %bbits = bitcast double %b to i64
  %leftpower = and i64 %leftbits, 9218868437227405312
  %bpower = and i64 %bbits, 9218868437227405312
  %apart = sub i64 %leftpower, %bpower
  %raised = add i64 %bbits, %apart
  %multiple = bitcast i64 %raised to double
  %over = fcmp ogt double %multiple, %left
  %halvedbits = sub i64 %raised, 4503599627370496
  %halved = bitcast i64 %halvedbits to double
  %off = select i1 %over, double %halved, double %multiple
  %less = fsub double %left, %off
  br label %test
done:
  %narrow = fptrunc double %left to float
  %signed = call float @llvm.copysign.f32(float %narrow, float %x)
  ret float %signed
}
declare double @llvm.fabs.f64(double)
declare float @llvm.copysign.f32(float, float)
