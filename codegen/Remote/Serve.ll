; A program that does what its standard input asks, with libraries and memory of its own: how code for another processor is run under an
; emulator. A request is eight words of 64 bits: what is asked, then up to seven numbers. Most are answered with one word.
;
;   0                               end
;   1  size                         memory, zeroed: its address, or 0
;   2  address                      give memory back; no answer
;   3  address size, then bytes     write them there; no answer
;   4  address size                 read: answered with the bytes
;   5  address                      the length of the string there
;   6  name                         open the library whose path lies there: its handle, or 0
;   7  -                            what was wrong with it: the address of a string
;   8  library name                 the address of a symbol, or 0
;   9  function a b c d e f         call it: what it returns
;
; The first word is written before anything is asked: the bytes of a pointer.

module asm ".globl _start"
module asm "_start: START"

define void @serve(ptr %stack) noreturn nounwind {
entry:
  %request = alloca [8 x i64], align 16
  call void @answer(i64 8)
  br label %next
next:
  call void @take(ptr %request, i64 64)
  %what = load i64, ptr %request
  %a.at = getelementptr i64, ptr %request, i64 1
  %b.at = getelementptr i64, ptr %request, i64 2
  %a = load i64, ptr %a.at
  %b = load i64, ptr %b.at
  %pa = inttoptr i64 %a to ptr
  %pb = inttoptr i64 %b to ptr
  switch i64 %what, label %end [ i64 1, label %allocate i64 2, label %free i64 3, label %write i64 4, label %read i64 5, label %length
    i64 6, label %open i64 7, label %fault i64 8, label %symbol i64 9, label %call ]
allocate:
  %memory = call ptr @calloc(i64 1, i64 %a)
  br label %pointer
free:
  call void @free(ptr %pa)
  br label %next
write:
  call void @take(ptr %pa, i64 %b)
  br label %next
read:
  call void @give(ptr %pa, i64 %b)
  br label %next
length:
  %length.is = call i64 @strlen(ptr %pa)
  br label %number
open:
  %library = call ptr @dlopen(ptr %pa, i32 2) ; RTLD_NOW
  br label %pointer
fault:
  %message = call ptr @dlerror()
  br label %pointer
symbol:
  %place = call ptr @dlsym(ptr %pa, ptr %pb)
  br label %pointer
call:
  %c.at = getelementptr i64, ptr %request, i64 3
  %d.at = getelementptr i64, ptr %request, i64 4
  %e.at = getelementptr i64, ptr %request, i64 5
  %f.at = getelementptr i64, ptr %request, i64 6
  %g.at = getelementptr i64, ptr %request, i64 7
  %c = load i64, ptr %c.at
  %d = load i64, ptr %d.at
  %e = load i64, ptr %e.at
  %f = load i64, ptr %f.at
  %g = load i64, ptr %g.at
  %result = call i64 %pa(i64 %b, i64 %c, i64 %d, i64 %e, i64 %f, i64 %g)
  br label %number
pointer:
  %address = phi ptr [ %memory, %allocate ], [ %library, %open ], [ %message, %fault ], [ %place, %symbol ]
  %address.is = ptrtoint ptr %address to i64
  br label %number
number:
  %word = phi i64 [ %length.is, %length ], [ %result, %call ], [ %address.is, %pointer ]
  call void @answer(i64 %word)
  br label %next
end:
  call void @exit(i32 0)
  unreachable
}

define internal void @answer(i64 %word) nounwind {
  %place = alloca i64, align 8
  store i64 %word, ptr %place
  call void @give(ptr %place, i64 8)
  ret void
}

; As many bytes as that, however they come; the end of the input ends the program.
define internal void @take(ptr %to, i64 %size) nounwind {
entry:
  br label %next
next:
  %at = phi ptr [ %to, %entry ], [ %at.next, %some ]
  %left = phi i64 [ %size, %entry ], [ %left.next, %some ]
  %done = icmp eq i64 %left, 0
  br i1 %done, label %exit, label %more
more:
  %got = call i64 @read(i32 0, ptr %at, i64 %left)
  %none = icmp sle i64 %got, 0
  br i1 %none, label %end, label %some
some:
  %at.next = getelementptr i8, ptr %at, i64 %got
  %left.next = sub i64 %left, %got
  br label %next
exit:
  ret void
end:
  call void @exit(i32 0)
  unreachable
}

define internal void @give(ptr %from, i64 %size) nounwind {
entry:
  br label %next
next:
  %at = phi ptr [ %from, %entry ], [ %at.next, %some ]
  %left = phi i64 [ %size, %entry ], [ %left.next, %some ]
  %done = icmp eq i64 %left, 0
  br i1 %done, label %exit, label %more
more:
  %put = call i64 @write(i32 1, ptr %at, i64 %left)
  %none = icmp sle i64 %put, 0
  br i1 %none, label %end, label %some
some:
  %at.next = getelementptr i8, ptr %at, i64 %put
  %left.next = sub i64 %left, %put
  br label %next
exit:
  ret void
end:
  call void @exit(i32 1)
  unreachable
}

declare i64 @read(i32, ptr, i64)
declare i64 @write(i32, ptr, i64)
declare ptr @calloc(i64, i64)
declare void @free(ptr)
declare i64 @strlen(ptr)
declare ptr @dlopen(ptr, i32)
declare ptr @dlsym(ptr, ptr)
declare ptr @dlerror()
declare void @exit(i32) noreturn
