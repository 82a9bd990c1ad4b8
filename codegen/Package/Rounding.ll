; To the nearest whole number, ties to the even one: C23's, which older systems have not. From 2^23 (2^52) on every number is whole; below, adding that
; leaves no place behind the point. The sign stays, a zero's too; a NaN goes through.

define hidden float @roundevenf(float %x) nounwind noredzone {
  %size = call float @llvm.fabs.f32(float %x)
  %up = fadd float %size, 8388608.0
  %down = fsub float %up, 8388608.0
  %small = fcmp olt float %size, 8388608.0
  %whole = select i1 %small, float %down, float %size
  %result = call float @llvm.copysign.f32(float %whole, float %x)
  ret float %result
}

define hidden double @roundeven(double %x) nounwind noredzone {
  %size = call double @llvm.fabs.f64(double %x)
  %up = fadd double %size, 4503599627370496.0
  %down = fsub double %up, 4503599627370496.0
  %small = fcmp olt double %size, 4503599627370496.0
  %whole = select i1 %small, double %down, double %size
  %result = call double @llvm.copysign.f64(double %whole, double %x)
  ret double %result
}

declare float @llvm.fabs.f32(float)
declare float @llvm.copysign.f32(float, float)
declare double @llvm.fabs.f64(double)
declare double @llvm.copysign.f64(double, double)
