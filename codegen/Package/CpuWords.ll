; What the processor says of itself: eight words, in the order of CpuCheck.Word. A leaf that it does not have counts as nothing.
define internal void @words(ptr %words) nounwind noredzone {
entry:
  call void @llvm.memset.p0.i64(ptr align 4 %words, i8 0, i64 32, i1 false)
  %zero = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 0, i32 0)
  %leaves = extractvalue { i32, i32, i32, i32 } %zero, 0
  %one = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 1, i32 0)
  %one.c = extractvalue { i32, i32, i32, i32 } %one, 2
  %one.d = extractvalue { i32, i32, i32, i32 } %one, 3
  store i32 %one.c, ptr %words, align 4
  %d1 = getelementptr i8, ptr %words, i64 4
  store i32 %one.d, ptr %d1, align 4
  ; OSXSAVE: xgetbv may be asked.
  %save = and i32 %one.c, 134217728
  %saves = icmp ne i32 %save, 0
  br i1 %saves, label %saved, label %seven
saved:
  %xcr = call { i32, i32 } asm sideeffect "xgetbv", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}"(i32 0)
  %low = extractvalue { i32, i32 } %xcr, 0
  %s = getelementptr i8, ptr %words, i64 28
  store i32 %low, ptr %s, align 4
  br label %seven
seven:
  %seventh = icmp uge i32 %leaves, 7
  br i1 %seventh, label %features, label %extended
features:
  %f = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 7, i32 0)
  %sub = extractvalue { i32, i32, i32, i32 } %f, 0
  %f.b = extractvalue { i32, i32, i32, i32 } %f, 1
  %f.c = extractvalue { i32, i32, i32, i32 } %f, 2
  %f.d = extractvalue { i32, i32, i32, i32 } %f, 3
  %b7 = getelementptr i8, ptr %words, i64 8
  store i32 %f.b, ptr %b7, align 4
  %c7 = getelementptr i8, ptr %words, i64 12
  store i32 %f.c, ptr %c7, align 4
  %d7 = getelementptr i8, ptr %words, i64 16
  store i32 %f.d, ptr %d7, align 4
  %more = icmp uge i32 %sub, 1
  br i1 %more, label %second, label %extended
second:
  %g = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 7, i32 1)
  %g.a = extractvalue { i32, i32, i32, i32 } %g, 0
  %a7 = getelementptr i8, ptr %words, i64 20
  store i32 %g.a, ptr %a7, align 4
  br label %extended
extended:
  %x = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 -2147483648, i32 0)
  %highest = extractvalue { i32, i32, i32, i32 } %x, 0
  %has = icmp uge i32 %highest, -2147483647
  br i1 %has, label %e, label %done
e:
  %y = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}"(i32 -2147483647, i32 0)
  %y.c = extractvalue { i32, i32, i32, i32 } %y, 2
  %ce = getelementptr i8, ptr %words, i64 24
  store i32 %y.c, ptr %ce, align 4
  br label %done
done:
  ret void
}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
