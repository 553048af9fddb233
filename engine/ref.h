// Counted references to the engine's objects.
#pragma once

#include <cstdint>
#include <utility>

namespace unroll {

/// What a `Ref` can point to. The count is not atomic: tensors and their tape belong to one thread
/// (kernels use many threads inside a call), and an atomic count would cost more than a small op.
class Counted {
 public:
  int64_t references() const { return references_; }

 protected:
  Counted() = default;
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() = default;

 private:
  template <class T>
  friend class Ref;
  int64_t references_ = 0;
};

/// A pointer that counts; `T::destroy(T*)` ends the object when the last one goes.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) {
    if (object_) ++object_->references_;
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ && --object_->references_ == 0) T::destroy(object_);
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

}  // namespace unroll
