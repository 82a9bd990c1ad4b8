; What an entry asks of the memory that a caller gives. Extents are checked before: none is negative.

; Fills %own with the strides of a tensor: those given, those of a dense one where none are, or where an axis has no second element.
; %reach: how far the lowest element and the one behind the highest lie from data, in elements.
; Returns bits: 1 not dense; 2 not side by side along the last axis; 4 two elements may share a place; 8 too far apart to have an address.
define internal i32 @strides(ptr %given, ptr %shape, i64 %rank, ptr %own, ptr %reach) nounwind noredzone {
entry:
  %last = sub i64 %rank, 1
  %none = icmp eq ptr %given, null
  br i1 %none, label %quick, label %axes
quick:
  %quick.left = phi i64 [ %rank, %entry ], [ %quick.axis, %quick.one ]
  %size = phi i64 [ 1, %entry ], [ %size.next, %quick.one ]
  %quick.more = icmp sgt i64 %quick.left, 0
  br i1 %quick.more, label %quick.one, label %quick.done
quick.one:
  %quick.axis = sub i64 %quick.left, 1
  %quick.extent.at = getelementptr i64, ptr %shape, i64 %quick.axis
  %quick.extent = load i64, ptr %quick.extent.at
  %quick.own.at = getelementptr i64, ptr %own, i64 %quick.axis
  store i64 %size, ptr %quick.own.at
  %size.next = mul i64 %size, %quick.extent
  br label %quick
quick.done:
  store i64 0, ptr %reach
  %quick.behind.at = getelementptr i64, ptr %reach, i64 1
  store i64 %size, ptr %quick.behind.at
  ret i32 0

axes:
  %left = phi i64 [ %rank, %entry ], [ %axis, %walk ]
  %dense = phi i64 [ 1, %entry ], [ %dense.next, %walk ]
  %flags = phi i32 [ 0, %entry ], [ %flags.next, %walk ]
  %low = phi i64 [ 0, %entry ], [ %low.next, %walk ]
  %high = phi i64 [ 1, %entry ], [ %high.next, %walk ]
  %more = icmp sgt i64 %left, 0
  br i1 %more, label %one, label %walked
one:
  %axis = sub i64 %left, 1
  %extent.at = getelementptr i64, ptr %shape, i64 %axis
  %extent = load i64, ptr %extent.at
  %single = icmp sle i64 %extent, 1
  br i1 %single, label %walk, label %look
look:
  %given.at = getelementptr i64, ptr %given, i64 %axis
  %asked = load i64, ptr %given.at
  br label %walk
walk:
  %wish = phi i64 [ %dense, %one ], [ %asked, %look ]
  %steps = sub i64 %extent, 1
  ; In floating point nothing wraps around; 2^40 and 2^46 are powers it holds.
  %wish.real = sitofp i64 %wish to double
  %steps.real = sitofp i64 %steps to double
  %span.real = fmul double %wish.real, %steps.real
  %wish.size = call double @llvm.fabs.f64(double %wish.real)
  %span.size = call double @llvm.fabs.f64(double %span.real)
  %wild = fcmp ogt double %wish.size, 0x4270000000000000
  %wide = fcmp ogt double %span.size, 0x42D0000000000000
  %far = or i1 %wild, %wide
  %stride = select i1 %far, i64 0, i64 %wish
  %own.at = getelementptr i64, ptr %own, i64 %axis
  store i64 %stride, ptr %own.at
  %span = mul i64 %stride, %steps
  %down = call i64 @llvm.smin.i64(i64 %span, i64 0)
  %up = call i64 @llvm.smax.i64(i64 %span, i64 0)
  %low.next = add i64 %low, %down
  %high.next = add i64 %high, %up
  %differs = icmp ne i64 %wish, %dense
  %differs.bit = zext i1 %differs to i32
  %ends = icmp eq i64 %axis, %last
  %gaps = icmp ne i64 %wish, 1
  %gaps.last = and i1 %ends, %gaps
  %gaps.bit = select i1 %gaps.last, i32 2, i32 0
  %far.bit = select i1 %far, i32 8, i32 0
  %flags.one = or i32 %flags, %differs.bit
  %flags.two = or i32 %flags.one, %gaps.bit
  %flags.next = or i32 %flags.two, %far.bit
  %dense.next = mul i64 %dense, %extent
  br label %axes
walked:
  %some = icmp ne i64 %dense, 0
  %behind = select i1 %some, i64 %high, i64 0
  %begin = select i1 %some, i64 %low, i64 0
  store i64 %begin, ptr %reach
  %behind.at = getelementptr i64, ptr %reach, i64 1
  store i64 %behind, ptr %behind.at
  %strided = and i32 %flags, 1
  %plain = icmp eq i32 %strided, 0
  %nothing = xor i1 %some, true
  %done = or i1 %plain, %nothing
  br i1 %done, label %return, label %outer
  ; Elements lie apart where each stride reaches beyond all that the smaller ones span together.
outer:
  %a = phi i64 [ 0, %walked ], [ %a.next, %outer.end ]
  %a.extent.at = getelementptr i64, ptr %shape, i64 %a
  %a.extent = load i64, ptr %a.extent.at
  %a.many = icmp sgt i64 %a.extent, 1
  %a.at = getelementptr i64, ptr %own, i64 %a
  %a.stride = load i64, ptr %a.at
  %a.size = call i64 @llvm.abs.i64(i64 %a.stride, i1 false)
  br i1 %a.many, label %inner, label %outer.end
inner:
  %b = phi i64 [ 0, %outer ], [ %b.next, %inner ]
  %sum = phi i64 [ 0, %outer ], [ %sum.next, %inner ]
  %b.extent.at = getelementptr i64, ptr %shape, i64 %b
  %b.extent = load i64, ptr %b.extent.at
  %b.at = getelementptr i64, ptr %own, i64 %b
  %b.stride = load i64, ptr %b.at
  %b.size = call i64 @llvm.abs.i64(i64 %b.stride, i1 false)
  %other = icmp ne i64 %a, %b
  %smaller = icmp sle i64 %b.size, %a.size
  %b.many = icmp sgt i64 %b.extent, 1
  %counts.some = and i1 %other, %smaller
  %counts = and i1 %counts.some, %b.many
  %b.steps = sub i64 %b.extent, 1
  %b.span = mul i64 %b.size, %b.steps
  %added = select i1 %counts, i64 %b.span, i64 0
  %sum.next = add i64 %sum, %added
  %b.next = add i64 %b, 1
  %inner.more = icmp slt i64 %b.next, %rank
  br i1 %inner.more, label %inner, label %judge
judge:
  %apart = icmp sgt i64 %a.size, %sum.next
  br i1 %apart, label %outer.end, label %shared
shared:
  %flags.shared = or i32 %flags, 4
  ret i32 %flags.shared
outer.end:
  %a.next = add i64 %a, 1
  %outer.more = icmp slt i64 %a.next, %rank
  br i1 %outer.more, label %outer, label %return
return:
  %result = select i1 %some, i32 %flags, i32 0
  ret i32 %result
}

; A record of six words for each tensor: its first address, the one behind its last, data, strides, shape, rank.
; %allowed: for each output a byte for each input: 0 it may not lie over it, 1 it may, 2 where all that the input holds lies at the same place in both.
; Returns 0 where all outputs may lie where they do; -1 where one lies over an input at the same place; else 1 + the number of one that may not.
define internal i64 @overlaps(ptr %inputs, i64 %input.count, ptr %outputs, i64 %output.count, ptr %allowed) nounwind noredzone {
entry:
  br label %outer
outer:
  %o = phi i64 [ 0, %entry ], [ %o.next, %outer.end ]
  %same = phi i64 [ 0, %entry ], [ %same.first, %outer.end ]
  %o.number = add i64 %o, 1
  %o.record = getelementptr [6 x i64], ptr %outputs, i64 %o
  %o.more = icmp slt i64 %o, %output.count
  br i1 %o.more, label %first, label %return
first:
  %i = phi i64 [ 0, %outer ], [ %i.next, %first.end ]
  %same.first = phi i64 [ %same, %outer ], [ %same.next, %first.end ]
  %i.record = getelementptr [6 x i64], ptr %inputs, i64 %i
  %i.more = icmp slt i64 %i, %input.count
  br i1 %i.more, label %meet, label %second
meet:
  %i.meets = call i1 @meets(ptr %i.record, ptr %o.record)
  br i1 %i.meets, label %ask, label %first.end
ask:
  %row = mul i64 %o, %input.count
  %cell = add i64 %row, %i
  %allowed.at = getelementptr i8, ptr %allowed, i64 %cell
  %alias = load i8, ptr %allowed.at
  switch i8 %alias, label %wrong [ i8 1, label %first.end
                                   i8 2, label %place ]
place:
  %i.data.at = getelementptr i64, ptr %i.record, i64 2
  %i.data = load i64, ptr %i.data.at
  %o.data.at = getelementptr i64, ptr %o.record, i64 2
  %o.data = load i64, ptr %o.data.at
  %begins = icmp eq i64 %i.data, %o.data
  %i.strides.at = getelementptr i64, ptr %i.record, i64 3
  %i.strides = load ptr, ptr %i.strides.at
  %o.strides.at = getelementptr i64, ptr %o.record, i64 3
  %o.strides = load ptr, ptr %o.strides.at
  %i.shape.at = getelementptr i64, ptr %i.record, i64 4
  %i.shape = load ptr, ptr %i.shape.at
  %i.rank.at = getelementptr i64, ptr %i.record, i64 5
  %rank = load i64, ptr %i.rank.at
  br i1 %begins, label %axes, label %wrong
axes:
  %axis = phi i64 [ 0, %place ], [ %axis.next, %axes.end ]
  %axis.more = icmp slt i64 %axis, %rank
  br i1 %axis.more, label %one, label %first.end
one:
  %extent.at = getelementptr i64, ptr %i.shape, i64 %axis
  %extent = load i64, ptr %extent.at
  %single = icmp sle i64 %extent, 1
  %i.stride.at = getelementptr i64, ptr %i.strides, i64 %axis
  %i.stride = load i64, ptr %i.stride.at
  %o.stride.at = getelementptr i64, ptr %o.strides, i64 %axis
  %o.stride = load i64, ptr %o.stride.at
  %equal = icmp eq i64 %i.stride, %o.stride
  %right = or i1 %single, %equal
  br i1 %right, label %axes.end, label %wrong
axes.end:
  %axis.next = add i64 %axis, 1
  br label %axes
first.end:
  %same.next = phi i64 [ %same.first, %meet ], [ %same.first, %ask ], [ -1, %axes ]
  %i.next = add i64 %i, 1
  br label %first
second:
  %p = phi i64 [ 0, %first ], [ %p.next, %second.end ]
  %p.more = icmp slt i64 %p, %o
  br i1 %p.more, label %pair, label %outer.end
pair:
  %p.record = getelementptr [6 x i64], ptr %outputs, i64 %p
  %p.meets = call i1 @meets(ptr %p.record, ptr %o.record)
  br i1 %p.meets, label %wrong, label %second.end
second.end:
  %p.next = add i64 %p, 1
  br label %second
outer.end:
  %o.next = add i64 %o, 1
  br label %outer
wrong:
  ret i64 %o.number
return:
  ret i64 %same
}

; Whether two stretches of memory have a byte in common; an empty one has none.
define internal i1 @meets(ptr %a, ptr %b) nounwind noredzone {
  %a.begin = load i64, ptr %a
  %a.end.at = getelementptr i64, ptr %a, i64 1
  %a.end = load i64, ptr %a.end.at
  %b.begin = load i64, ptr %b
  %b.end.at = getelementptr i64, ptr %b, i64 1
  %b.end = load i64, ptr %b.end.at
  %begin = call i64 @llvm.umax.i64(i64 %a.begin, i64 %b.begin)
  %end = call i64 @llvm.umin.i64(i64 %a.end, i64 %b.end)
  %common = icmp ult i64 %begin, %end
  ret i1 %common
}

declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.abs.i64(i64, i1)
declare double @llvm.fabs.f64(double)
