// Tensor: a dense, row-major array with an optional place on the tape.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "engine/device.h"
#include "engine/dtype.h"
#include "engine/ref.h"
#include "engine/shape.h"
#include "engine/storage.h"

namespace unroll {

class Node;

/// What a Tensor points to. Several of them may share a storage: views, and saved outputs.
class TensorImpl : public Counted, public Pooled {
 public:
  static constexpr int kNoGradient = -1;

  TensorImpl(Ref<Storage> storage, size_t offset, const Shape& shape, DType dtype) noexcept;
  static void destroy(TensorImpl* impl);

  Ref<Storage> storage;
  size_t offset;   // bytes from the start of the storage
  Ref<Node> node;  // what computed this, or the leaf itself; null when not on the tape
  Shape shape;
  DType dtype;
  int output = 0;  // which output of `node` this is; kNoGradient keeps it off the tape

 private:
  ~TensorImpl();
};

/// A handle to a dense row-major array; copies of a handle are the same tensor. Tensors are values:
/// ops return new ones, and only optimizers and `NoGrad` code write in place.
class Tensor {
 public:
  Tensor() = default;  // undefined: no shape, no data

  /// A new tensor whose elements are not set.
  explicit Tensor(const Shape& shape, DType dtype = DType::f32, Device device = default_device());

  bool defined() const { return static_cast<bool>(impl_); }

  const Shape& shape() const { return impl().shape; }
  int64_t size(int axis) const { return impl().shape[axis]; }  // negative axes count from the end
  int rank() const { return impl().shape.rank(); }
  int64_t numel() const { return impl().shape.numel(); }
  DType dtype() const { return impl().dtype; }
  Device device() const { return impl().storage->device(); }

  /// The elements, for reading. Throws `Error` unless T matches dtype().
  template <class T>
  const T* data() const {
    const TensorImpl& self = impl();
    if (self.dtype != dtype_of<T>()) [[unlikely]]
      throw_dtype(dtype_of<T>());
    return reinterpret_cast<const T*>(static_cast<const char*>(self.storage->data()) + self.offset);
  }

  /// The elements, for writing: the one way to change a tensor in place. Counts up its version, so
  /// that a backward pass that saved it refuses to run. Throws `Error` for a tensor on the tape
  /// while gradients are recorded.
  template <class T>
  T* mutable_data() {
    if (requires_grad()) [[unlikely]]
      check_writable();
    T* elements = const_cast<T*>(data<T>());
    impl_->storage->bump_version();
    return elements;
  }

  /// The elements as a vector on the host.
  template <class T>
  std::vector<T> to_vector() const;

  /// The only element, as a double. Throws `Error` unless numel() is 1.
  double item() const;

  /// The element at (i, j, …), as a double. Throws `Error` when out of range.
  double at(std::initializer_list<int64_t> index) const;

  /// A view of the same data with another shape or a range [begin, end) of the leading dimension,
  /// not on the tape. `reshape` and `slice` in ops.h are the differentiable ones.
  Tensor view(const Shape& shape) const;
  Tensor view_rows(int64_t begin, int64_t end) const;

  /// Whether both are handles of one tensor.
  bool is(const Tensor& other) const { return impl_.get() == other.impl_.get(); }
  /// Whether both share their memory; how often that memory was written.
  bool shares_storage(const Tensor& other) const;
  uint32_t version() const { return impl().storage->version(); }
  /// Whether no other handle or view can see this tensor's memory.
  bool is_unique() const;

  // ---- differentiation (autograd.h)

  /// Whether ops on this tensor are recorded.
  bool requires_grad() const { return impl_ && impl_->node; }
  /// Makes this a leaf whose gradient `backward` accumulates in `grad()`, or takes it off the tape.
  /// Throws `Error` for i32 and for the result of a recorded op.
  Tensor& set_requires_grad(bool on = true);
  /// The accumulated gradient of a leaf, or of a tensor on which `retain_grad` was called;
  /// undefined when there is none.
  Tensor grad() const;
  void set_grad(Tensor grad);
  void zero_grad() { set_grad(Tensor()); }
  /// Keeps the gradient of a tensor that is not a leaf. Call before `backward`.
  Tensor& retain_grad();
  /// The same data, not on the tape.
  Tensor detach() const;
  /// Adds d(this)/d(leaf) to the gradient of every leaf this was computed from. `this` must have
  /// one element. Saved tensors are freed on the way unless `keep_graph`.
  void backward(bool keep_graph = false) const;

  /// The implementation. Throws `Error` when this tensor is undefined.
  TensorImpl& impl() const {
    if (!impl_) [[unlikely]]
      throw_undefined();
    return *impl_;
  }

 private:
  explicit Tensor(TensorImpl* impl) : impl_(impl) {}
  [[noreturn]] static void throw_undefined();
  [[noreturn]] void throw_dtype(DType wanted) const;
  void check_writable() const;
  Ref<TensorImpl> impl_;
};

using Tensors = std::vector<Tensor>;

/// Prints the values as nested brackets with aligned columns; long dimensions are abbreviated.
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

// ---- creation. Each takes a dtype (f32 unless said) and a device.

Tensor zeros(const Shape& shape, DType dtype = DType::f32, Device device = default_device());
Tensor ones(const Shape& shape, DType dtype = DType::f32, Device device = default_device());
Tensor full(const Shape& shape, double value, DType dtype = DType::f32,
            Device device = default_device());
/// 0, 1, …, n − 1.
Tensor arange(int64_t n, DType dtype = DType::f32, Device device = default_device());
/// The values in row-major order. Throws `Error` unless there are shape.numel() of them.
template <class T>
Tensor from_vector(const std::vector<T>& values, const Shape& shape,
                   Device device = default_device());
/// A vector of values, or a scalar.
Tensor tensor(std::initializer_list<double> values, DType dtype = DType::f32);
Tensor scalar(double value, DType dtype = DType::f32, Device device = default_device());
/// Zeros of the same shape, dtype and device.
Tensor zeros_like(const Tensor& like);

/// The tensor converted to another dtype; not recorded on the tape.
Tensor cast(const Tensor& x, DType dtype);
/// The tensor copied to another device (or to new memory on the same one); not recorded.
Tensor copy_to(const Tensor& x, Device device);
/// Copies the elements of `from` into `to` in place. Shapes and dtypes must be equal.
void assign(Tensor& to, const Tensor& from);

}  // namespace unroll
