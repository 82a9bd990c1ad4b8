/* lathe.hpp: models compiled by Lathe from C++17. Header only; with exceptions, or without them (LATHE_NO_EXCEPTIONS, -fno-exceptions).

     #include "digits.h"
     #include <lathe.hpp>
     LATHE_MODEL(digits)                                   // once, at namespace scope: gives the class digits_model

     digits_model model;                                   // opened; throws lathe::error
     auto workspace = model.workspace();                   // one for each thread that runs
     float pixels[784], scores[10];
     digits_inputs in{};
     digits_outputs out{};
     lathe::tensor<4> x(pixels, {1, 1, 28, 28});
     lathe::tensor<2> y(scores, {1, 10});
     in.Input3 = x;
     out.Plus214_Output_0 = y;
     model.run(in, out, workspace);                        // y.shape() holds what the run wrote
*/
#ifndef LATHE_HPP
#define LATHE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#if !defined(LATHE_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define LATHE_NO_EXCEPTIONS
#endif
#ifndef LATHE_NO_EXCEPTIONS
#include <stdexcept>
#include <string>
#endif

#include "lathe.h"

namespace lathe {

#ifndef LATHE_NO_EXCEPTIONS
/// A code that is not 0, in words that name the tensor; docs/c.md lists the codes.
class error : public std::runtime_error {
 public:
  error(std::int32_t code, const char *text) : std::runtime_error(text), code_(code) {}
  std::int32_t code() const noexcept { return code_; }

 private:
  std::int32_t code_;
};
#endif

/// Elements in memory of the caller's, side by side: what std::span is to C++20. Made from arrays, containers with data() and size(), or a pointer and a count.
template <class T>
class span {
 public:
  span(T *data, std::size_t count) noexcept : data_(data), count_(count) {}
  template <std::size_t N>
  span(T (&elements)[N]) noexcept : data_(elements), count_(N) {}
  template <class C, class = std::enable_if_t<std::is_convertible<decltype(std::declval<C &>().data()), T *>::value>>
  span(C &&elements) noexcept : data_(elements.data()), count_(elements.size()) {}

  T *data() const noexcept { return data_; }
  std::size_t size() const noexcept { return count_; }
  T *begin() const noexcept { return data_; }
  T *end() const noexcept { return data_ + count_; }
  T &operator[](std::size_t i) const noexcept { return data_[i]; }

 private:
  T *data_;
  std::size_t count_;
};

/// A tensor of Rank dimensions over the caller's memory, with its extents. It must outlive the runs that it is given to, and stays where it is: the run writes an output's extents here.
template <std::size_t Rank>
class tensor {
 public:
  template <class T>
  tensor(T *data, std::size_t count, std::array<std::int64_t, Rank> shape) noexcept : shape_(shape), data_(const_cast<std::remove_const_t<T> *>(data)), bytes_(count * sizeof(T)) {}
  template <class T, std::size_t N>
  tensor(T (&elements)[N], std::array<std::int64_t, Rank> shape) noexcept : tensor(elements, N, shape) {}
  template <class C, class = decltype(std::declval<C &>().data())>
  tensor(C &&elements, std::array<std::int64_t, Rank> shape) noexcept : tensor(elements.data(), elements.size(), shape) {}
  tensor(const tensor &) = delete;
  tensor &operator=(const tensor &) = delete;

  const std::array<std::int64_t, Rank> &shape() const noexcept { return shape_; }
  /// Elements per step of each dimension, in place of dense ones.
  void strides(std::array<std::int64_t, Rank> steps) noexcept {
    strides_ = steps;
    dense_ = false;
  }
  operator lathe_tensor() noexcept { return lathe_tensor{data_, shape_.data(), dense_ ? nullptr : strides_.data(), bytes_}; }

 private:
  std::array<std::int64_t, Rank> shape_, strides_{};
  void *data_;
  std::uint64_t bytes_;
  bool dense_ = true;
};

/// Memory for one run at a time, aligned as runs want it.
class workspace {
 public:
  explicit workspace(std::uint64_t bytes) : bytes_(bytes), memory_(bytes == 0 ? nullptr : allocate(bytes)) {}
  void *get() const noexcept { return memory_.get(); }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t alignment = 64;
  struct release {
    void operator()(void *p) const noexcept { ::operator delete(p, std::align_val_t(alignment)); }
  };
  static void *allocate(std::uint64_t bytes) {
#ifdef LATHE_NO_EXCEPTIONS
    return ::operator new(static_cast<std::size_t>(bytes), std::align_val_t(alignment), std::nothrow);
#else
    return ::operator new(static_cast<std::size_t>(bytes), std::align_val_t(alignment));
#endif
  }
  std::uint64_t bytes_;
  std::unique_ptr<void, release> memory_;
};

/// An open model; Api says which. Shared by any number of threads, each with a workspace of its own.
template <class Api>
class model {
 public:
  using dims_type = typename Api::dims;
  using inputs = typename Api::inputs;
  using outputs = typename Api::outputs;

  /// Opens it. weights: the file, where they are in one that is not beside the library.
  explicit model(const char *weights = nullptr) {
    typename Api::handle *opened = nullptr;
    code_ = check(Api::open(weights, &opened));
    handle_.reset(opened);
  }

  /// 0, or why it could not be opened; without exceptions this must be asked.
  std::int32_t code() const noexcept { return code_; }
  explicit operator bool() const noexcept { return code_ == 0; }

  /// Memory for runs of a model without open dimensions.
  class workspace workspace() const { return lathe::workspace(Api::workspace_bytes(nullptr)); }
  /// Memory for runs at these dimensions.
  class workspace workspace(const dims_type &dims) const { return lathe::workspace(Api::workspace_bytes(&dims)); }

  /// One run; 0, or a code where there are no exceptions.
  std::int32_t run(const inputs &in, outputs &out, const class workspace &room, const lathe_host *host = nullptr) const {
    return check(Api::run(handle_.get(), &in, &out, room.get(), host));
  }

  static const char *text(std::int32_t code) noexcept { return Api::error(code); }
  static const char *contract() noexcept { return Api::contract(); }

 private:
  static std::int32_t check(std::int32_t code) {
#ifndef LATHE_NO_EXCEPTIONS
    if (code != 0) throw error(code, Api::error(code));
#endif
    return code;
  }
  struct close {
    void operator()(typename Api::handle *p) const noexcept { Api::close(p); }
  };
  std::unique_ptr<typename Api::handle, close> handle_;
  std::int32_t code_ = 0;
};

}  // namespace lathe

/// NAME_model: the class of the model whose header is NAME.h.
#define LATHE_MODEL(NAME)                                                                                      \
  struct NAME##_api {                                                                                          \
    using handle = ::NAME;                                                                                     \
    using dims = ::NAME##_dims;                                                                                \
    using inputs = ::NAME##_inputs;                                                                            \
    using outputs = ::NAME##_outputs;                                                                          \
    static std::int32_t open(const char *path, handle **made) { return ::NAME##_open(path, made); }            \
    static void close(handle *p) { ::NAME##_close(p); }                                                        \
    static std::uint64_t workspace_bytes(const dims *at) { return ::NAME##_workspace_bytes(at); }              \
    static std::int32_t run(const handle *p, const inputs *in, outputs *out, void *room, const lathe_host *h) { \
      return ::NAME##_run(p, in, out, room, h);                                                                \
    }                                                                                                          \
    static const char *error(std::int32_t code) { return ::NAME##_error(code); }                               \
    static const char *contract() { return ::NAME##_contract(); }                                              \
  };                                                                                                           \
  using NAME##_model = ::lathe::model<NAME##_api>;

#endif
