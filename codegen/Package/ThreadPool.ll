; The pool that --pool links into an artifact. PREFIX is the model's name, PAUSE the processor's hint inside a spin.
; One symbol is seen from outside, with the signature of lathe_host.parallel_for:
;
;   void PREFIX_parallel_for(void *user, int64_t count, void (*body)(void *, int64_t), void *arg)
;
; A job is handed out as visits: the caller posts one to @wake for each worker it can use, whoever takes a visit works until nothing
; is left, and the caller takes back those that nobody has begun. So a sleeping worker is never waited for. The last to give up its
; part of @remaining ends the job. A thread begins with the same share of the indices in every job, so that its caches know what it
; reads, and then takes over what others have left; shares are walked forth in one job and back in the next, so that weights which no
; cache holds whole are met again where they were read last. One job at a time: a caller who finds the pool busy, another thread's or a loop
; inside a loop, runs its own job serially.

@PREFIX.pool.once = internal global i32 0                                   ; pthread_once_t
@PREFIX.pool.wake = internal global [32 x i8] zeroinitializer, align 16     ; sem_t: visits nobody has begun
@PREFIX.pool.done = internal global [32 x i8] zeroinitializer, align 16     ; sem_t: the job is done and its caller waits
@PREFIX.pool.busy = internal global i32 0
@PREFIX.pool.stop = internal global i32 0
@PREFIX.pool.process = internal global i32 0                                ; the threads are this process's, not its forks'
@PREFIX.pool.workers = internal global i32 0                                ; threads beside the caller
@PREFIX.pool.spins = internal global i32 0                                  ; looks at a semaphore before its thread sleeps
@PREFIX.pool.threads = internal global [255 x i64] zeroinitializer          ; pthread_t
@PREFIX.pool.variable = internal constant [14 x i8] c"LATHE_THREADS\00"

@PREFIX.pool.body = internal global ptr null
@PREFIX.pool.arg = internal global ptr null
@PREFIX.pool.count = internal global i64 0
@PREFIX.pool.job = internal global i64 0                                    ; jobs so far: the direction of this one
@PREFIX.pool.next = internal global [256 x [16 x i64]] zeroinitializer, align 128 ; the next index of each thread's share, on lines of its own
@PREFIX.pool.remaining = internal global i32 0, align 64                    ; visits not yet given up, the caller's among them

; When the library is closed its code goes, so its threads must be gone. The section is named here because LLVM's C API
; would put a @llvm.global_dtors into .dtors, which nobody runs any more.
@PREFIX.pool.closing = internal global ptr @PREFIX.pool.close, section ".fini_array"
@llvm.compiler.used = appending global [1 x ptr] [ptr @PREFIX.pool.closing], section "llvm.metadata"

define hidden void @PREFIX_parallel_for(ptr %user, i64 %count, ptr %body, ptr %arg) nounwind noredzone {
entry:
  %several = icmp sgt i64 %count, 1
  br i1 %several, label %open, label %serial
open:
  %once = call i32 @pthread_once(ptr @PREFIX.pool.once, ptr @PREFIX.pool.open)
  %workers = load i32, ptr @PREFIX.pool.workers
  %alone = icmp eq i32 %workers, 0
  br i1 %alone, label %serial, label %claim
claim:
  %claimed = cmpxchg ptr @PREFIX.pool.busy, i32 0, i32 1 acquire monotonic
  %free = extractvalue { i32, i1 } %claimed, 1
  br i1 %free, label %share, label %serial

share:
  store ptr %body, ptr @PREFIX.pool.body
  store ptr %arg, ptr @PREFIX.pool.arg
  store i64 %count, ptr @PREFIX.pool.count
  %jobs = load i64, ptr @PREFIX.pool.job
  %jobs.next = add i64 %jobs, 1
  store i64 %jobs.next, ptr @PREFIX.pool.job
  %many = zext i32 %workers to i64
  br label %deal
deal:
  %dealt = phi i64 [ 0, %share ], [ %dealt.next, %deal ]
  %dealt.begin = call i64 @PREFIX.pool.begin(i64 %dealt, i64 %count)
  %dealt.slot = getelementptr [256 x [16 x i64]], ptr @PREFIX.pool.next, i64 0, i64 %dealt
  store atomic i64 %dealt.begin, ptr %dealt.slot monotonic, align 8
  %dealt.next = add i64 %dealt, 1
  %dealing = icmp ule i64 %dealt.next, %many
  br i1 %dealing, label %deal, label %call
call:
  %others = sub i64 %count, 1
  %useful = call i64 @llvm.umin.i64(i64 %many, i64 %others)
  %visits = trunc i64 %useful to i32
  %all = add i32 %visits, 1
  store atomic i32 %all, ptr @PREFIX.pool.remaining release, align 4
  br label %post
post:
  %posted = phi i32 [ 0, %call ], [ %posted.next, %post ]
  %post.failed = call i32 @sem_post(ptr @PREFIX.pool.wake)
  %posted.next = add i32 %posted, 1
  %posting = icmp ult i32 %posted.next, %visits
  br i1 %posting, label %post, label %work
work:
  call void @PREFIX.pool.work(i64 0, ptr %body, ptr %arg, i64 %count)
  br label %take
take:
  %mine = phi i32 [ 1, %work ], [ %mine.next, %take ]
  %mine.next = add i32 %mine, 1
  %none = call i32 @sem_trywait(ptr @PREFIX.pool.wake)
  %taken = icmp eq i32 %none, 0
  br i1 %taken, label %take, label %settle
settle:
  %before = atomicrmw sub ptr @PREFIX.pool.remaining, i32 %mine acq_rel
  %last = icmp eq i32 %before, %mine
  br i1 %last, label %release, label %wait
wait:
  call void @PREFIX.pool.wait(ptr @PREFIX.pool.done)
  br label %release
release:
  store atomic i32 0, ptr @PREFIX.pool.busy release, align 4
  ret void

serial:
  %some = icmp sgt i64 %count, 0
  br i1 %some, label %step, label %exit
step:
  %i = phi i64 [ 0, %serial ], [ %i.next, %step ]
  call void %body(ptr %arg, i64 %i)
  %i.next = add i64 %i, 1
  %more = icmp slt i64 %i.next, %count
  br i1 %more, label %step, label %exit
exit:
  ret void
}

; Where a thread's share of the indices begins; that of the thread behind it is where it ends.
define internal i64 @PREFIX.pool.begin(i64 %thread, i64 %count) nounwind noredzone {
  %workers = load i32, ptr @PREFIX.pool.workers
  %others = zext i32 %workers to i64
  %threads = add i64 %others, 1
  %each = udiv i64 %count, %threads
  %more = urem i64 %count, %threads
  %whole = mul i64 %each, %thread
  %extra = call i64 @llvm.umin.i64(i64 %thread, i64 %more)
  %begin = add i64 %whole, %extra
  ret i64 %begin
}

; Takes the indices of a thread's own share, then what is left of those of the threads behind it.
define internal void @PREFIX.pool.work(i64 %own, ptr %body, ptr %arg, i64 %count) nounwind noredzone {
entry:
  %workers = load i32, ptr @PREFIX.pool.workers
  %others = zext i32 %workers to i64
  %threads = add i64 %others, 1
  %job = load i64, ptr @PREFIX.pool.job
  %back = trunc i64 %job to i1
  br label %share
share:
  %turn = phi i64 [ 0, %entry ], [ %turn.next, %after ]
  %sum = add i64 %own, %turn
  %thread = urem i64 %sum, %threads
  %behind = add i64 %thread, 1
  %begin = call i64 @PREFIX.pool.begin(i64 %thread, i64 %count)
  %end = call i64 @PREFIX.pool.begin(i64 %behind, i64 %count)
  %ends = add i64 %begin, %end
  %last = sub i64 %ends, 1
  %slot = getelementptr [256 x [16 x i64]], ptr @PREFIX.pool.next, i64 0, i64 %thread
  br label %next
next:
  %i = atomicrmw add ptr %slot, i64 1 monotonic
  %left = icmp slt i64 %i, %end
  br i1 %left, label %step, label %after
step:
  %mirrored = sub i64 %last, %i
  %index = select i1 %back, i64 %mirrored, i64 %i
  call void %body(ptr %arg, i64 %index)
  br label %next
after:
  %turn.next = add i64 %turn, 1
  %again = icmp ult i64 %turn.next, %threads
  br i1 %again, label %share, label %exit
exit:
  ret void
}

define internal ptr @PREFIX.pool.worker(ptr %number) nounwind noredzone {
entry:
  %own = ptrtoint ptr %number to i64
  br label %visit
visit:
  call void @PREFIX.pool.wait(ptr @PREFIX.pool.wake)
  %stop = load atomic i32, ptr @PREFIX.pool.stop acquire, align 4
  %stopping = icmp ne i32 %stop, 0
  br i1 %stopping, label %exit, label %work
work:
  %body = load ptr, ptr @PREFIX.pool.body
  %arg = load ptr, ptr @PREFIX.pool.arg
  %count = load i64, ptr @PREFIX.pool.count
  call void @PREFIX.pool.work(i64 %own, ptr %body, ptr %arg, i64 %count)
  %before = atomicrmw sub ptr @PREFIX.pool.remaining, i32 1 acq_rel
  %last = icmp eq i32 %before, 1
  br i1 %last, label %done, label %visit
done:
  %failed = call i32 @sem_post(ptr @PREFIX.pool.done)
  br label %visit
exit:
  ret ptr null
}

; Spins for the time between two kernels, some ten microseconds, then sleeps.
define internal void @PREFIX.pool.wait(ptr %semaphore) nounwind noredzone {
entry:
  %spins = load i32, ptr @PREFIX.pool.spins
  br label %spin
spin:
  %turn = phi i32 [ 0, %entry ], [ %turn.next, %again ]
  %none = call i32 @sem_trywait(ptr %semaphore)
  %got = icmp eq i32 %none, 0
  br i1 %got, label %exit, label %again
again:
  PAUSE
  %turn.next = add i32 %turn, 1
  %spinning = icmp ult i32 %turn.next, %spins
  br i1 %spinning, label %spin, label %sleep
sleep:
  %failed = call i32 @sem_wait(ptr %semaphore)
  %interrupted = icmp ne i32 %failed, 0
  br i1 %interrupted, label %sleep, label %exit
exit:
  ret void
}

; Starts the threads: LATHE_THREADS of them with the caller, or one for each processor that is online.
define internal void @PREFIX.pool.open() nounwind noredzone {
entry:
  %all = alloca [128 x i8], align 8 ; sigset_t
  %old = alloca [128 x i8], align 8
  %wake = call i32 @sem_init(ptr @PREFIX.pool.wake, i32 0, i32 0)
  %done = call i32 @sem_init(ptr @PREFIX.pool.done, i32 0, i32 0)
  %process = call i32 @getpid()
  store i32 %process, ptr @PREFIX.pool.process
  %processors = call i64 @sysconf(i32 84) ; _SC_NPROCESSORS_ONLN
  %variable = call ptr @getenv(ptr @PREFIX.pool.variable)
  %unset = icmp eq ptr %variable, null
  br i1 %unset, label %count, label %read
read:
  %asked = call i64 @strtol(ptr %variable, ptr null, i32 10)
  %sound = icmp sgt i64 %asked, 0
  %chosen = select i1 %sound, i64 %asked, i64 %processors
  br label %count
count:
  %wanted = phi i64 [ %chosen, %read ], [ %processors, %entry ]
  %most = call i64 @llvm.smin.i64(i64 %wanted, i64 256)
  ; Who spins keeps a processor from those who work, where there are more threads than processors.
  %crowded = icmp sgt i64 %most, %processors
  %spins = select i1 %crowded, i32 1, i32 1024
  store i32 %spins, ptr @PREFIX.pool.spins
  ; A signal's handler is the program's business, on a thread of the program's.
  %filled = call i32 @sigfillset(ptr %all)
  %blocked = call i32 @pthread_sigmask(i32 2, ptr %all, ptr %old) ; SIG_SETMASK
  br label %next
next:
  %made = phi i64 [ 0, %count ], [ %made.next, %create ]
  %made.next = add i64 %made, 1
  %more = icmp slt i64 %made.next, %most
  br i1 %more, label %create, label %ready
create:
  %thread = getelementptr [255 x i64], ptr @PREFIX.pool.threads, i64 0, i64 %made
  %number.made = inttoptr i64 %made.next to ptr
  %failed = call i32 @pthread_create(ptr %thread, ptr null, ptr @PREFIX.pool.worker, ptr %number.made)
  %created = icmp eq i32 %failed, 0
  br i1 %created, label %next, label %ready
ready:
  %workers = phi i64 [ %made, %next ], [ %made, %create ]
  %restored = call i32 @pthread_sigmask(i32 2, ptr %old, ptr null)
  %number = trunc i64 %workers to i32
  store i32 %number, ptr @PREFIX.pool.workers
  ret void
}

define internal void @PREFIX.pool.close() nounwind noredzone {
entry:
  %workers = load i32, ptr @PREFIX.pool.workers
  %owner = load i32, ptr @PREFIX.pool.process
  %process = call i32 @getpid()
  %forked = icmp ne i32 %owner, %process
  %none = icmp eq i32 %workers, 0
  %nothing = or i1 %forked, %none
  br i1 %nothing, label %exit, label %stop
stop:
  store atomic i32 1, ptr @PREFIX.pool.stop release, align 4
  br label %post
post:
  %posted = phi i32 [ 0, %stop ], [ %posted.next, %post ]
  %post.failed = call i32 @sem_post(ptr @PREFIX.pool.wake)
  %posted.next = add i32 %posted, 1
  %posting = icmp ult i32 %posted.next, %workers
  br i1 %posting, label %post, label %join
join:
  %joined = phi i32 [ 0, %post ], [ %joined.next, %join ]
  %slot = getelementptr [255 x i64], ptr @PREFIX.pool.threads, i64 0, i32 %joined
  %thread = load i64, ptr %slot
  %join.failed = call i32 @pthread_join(i64 %thread, ptr null)
  %joined.next = add i32 %joined, 1
  %joining = icmp ult i32 %joined.next, %workers
  br i1 %joining, label %join, label %exit
exit:
  ret void
}

declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.smin.i64(i64, i64)
declare i32 @pthread_once(ptr, ptr)
declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_join(i64, ptr)
declare i32 @pthread_sigmask(i32, ptr, ptr)
declare i32 @sigfillset(ptr)
declare i32 @sem_init(ptr, i32, i32)
declare i32 @sem_post(ptr)
declare i32 @sem_wait(ptr)
declare i32 @sem_trywait(ptr)
declare i32 @getpid()
declare ptr @getenv(ptr)
declare i64 @strtol(ptr, ptr, i32)
declare i64 @sysconf(i32)
