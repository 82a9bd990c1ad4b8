; What Serve.ll asks of a Linux, by the names of Windows. Pipes are told to leave bytes as they are.

@fault = private constant [42 x i8] c"LoadLibrary refuses it (see GetLastError)\00"

define void @begin() noreturn nounwind {
  %in = call i32 @_setmode(i32 0, i32 32768) ; _O_BINARY
  %out = call i32 @_setmode(i32 1, i32 32768)
  call void @serve(ptr null)
  unreachable
}

define i64 @read(i32 %file, ptr %to, i64 %size) nounwind {
  %most = call i64 @llvm.umin.i64(i64 %size, i64 1048576)
  %count = trunc i64 %most to i32
  %got = call i32 @_read(i32 %file, ptr %to, i32 %count)
  %wide = sext i32 %got to i64
  ret i64 %wide
}

define i64 @write(i32 %file, ptr %from, i64 %size) nounwind {
  %most = call i64 @llvm.umin.i64(i64 %size, i64 1048576)
  %count = trunc i64 %most to i32
  %put = call i32 @_write(i32 %file, ptr %from, i32 %count)
  %wide = sext i32 %put to i64
  ret i64 %wide
}

define ptr @dlopen(ptr %path, i32 %unused) nounwind {
  %library = call ptr @LoadLibraryA(ptr %path)
  ret ptr %library
}

define ptr @dlsym(ptr %library, ptr %name) nounwind {
  %place = call ptr @GetProcAddress(ptr %library, ptr %name)
  ret ptr %place
}

define ptr @dlerror() nounwind {
  ret ptr @fault
}

declare void @serve(ptr) noreturn
declare i64 @llvm.umin.i64(i64, i64)
declare i32 @_setmode(i32, i32)
declare i32 @_read(i32, ptr, i32)
declare i32 @_write(i32, ptr, i32)
declare ptr @LoadLibraryA(ptr)
declare ptr @GetProcAddress(ptr, ptr)
