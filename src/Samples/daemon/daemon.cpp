// Reads pictures of 28 x 28 floats from standard input, writes a digit for each; runs are spread over threads of the program's own.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "digits.h"
#include "lathe.hpp"

LATHE_MODEL(digits)

/// Threads that wait for a loop, take its iterations one by one, and wait for the next.
class pool {
 public:
  explicit pool(unsigned helpers) {
    for (unsigned i = 0; i < helpers; i++) threads_.emplace_back([this] { work(); });
  }
  ~pool() {
    { std::lock_guard<std::mutex> lock(mutex_); round_ = 0; }
    wake_.notify_all();
    for (auto &t : threads_) t.join();
  }
  static void loop(void *self, int64_t count, void (*body)(void *, int64_t), void *arg) {
    auto &p = *static_cast<pool *>(self);
    { std::lock_guard<std::mutex> lock(p.mutex_); p.body_ = body; p.arg_ = arg; p.count_ = count; p.next_ = 0; p.busy_ = p.threads_.size(); p.round_++; }
    p.wake_.notify_all();
    p.take();
    std::unique_lock<std::mutex> lock(p.mutex_);
    p.done_.wait(lock, [&p] { return p.busy_ == 0; });
  }

 private:
  void take() { for (int64_t i; (i = next_++) < count_;) body_(arg_, i); }
  void work() {
    for (uint64_t seen = 1;; seen++) {
      { std::unique_lock<std::mutex> lock(mutex_); wake_.wait(lock, [&] { return round_ != seen; }); if (round_ == 0) return; }
      take();
      { std::lock_guard<std::mutex> lock(mutex_); if (--busy_ > 0) continue; }
      done_.notify_one();
    }
  }
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  void (*body_)(void *, int64_t) = nullptr;
  void *arg_ = nullptr;
  int64_t count_ = 0;
  std::atomic<int64_t> next_{0};
  std::size_t busy_ = 0;
  uint64_t round_ = 1;
};

int main() {
  digits_model model;
  auto room = model.workspace();
  pool threads(std::max(1u, std::thread::hardware_concurrency()) - 1);
  lathe_host host{sizeof host, LATHE_ABI, &threads, pool::loop, nullptr, nullptr};
  float pixels[28 * 28], scores[10];
  lathe::tensor<4> image(pixels, {1, 1, 28, 28});
  lathe::tensor<2> digit(scores, {1, 10});
  digits_inputs in{image};
  digits_outputs out{digit};
  while (std::fread(pixels, sizeof pixels, 1, stdin) == 1) {
    model.run(in, out, room, &host);
    std::printf("%d\n", static_cast<int>(std::max_element(scores, scores + 10) - scores));
    std::fflush(stdout);
  }
}
