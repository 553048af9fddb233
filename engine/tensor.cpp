#include "engine/tensor.h"

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/error.h"
#include "kernels/fill.h"

namespace unroll {

inline TensorImpl::TensorImpl(Ref<Storage> storage_of, size_t offset_in, const Shape& shape_of,
                              DType dtype_of_elements) noexcept
    : storage(std::move(storage_of)),
      offset(offset_in),
      shape(shape_of),
      dtype(dtype_of_elements) {}

inline TensorImpl::~TensorImpl() = default;

void TensorImpl::destroy(TensorImpl* impl) { delete impl; }

Tensor::Tensor(const Shape& shape, DType dtype, Device device)
    : impl_(
          new TensorImpl(Storage::make(device, static_cast<size_t>(shape.numel()) * size_of(dtype)),
                         0, shape, dtype)) {}

void Tensor::throw_undefined() { throw Error("a tensor was used that is undefined"); }

void Tensor::throw_dtype(DType wanted) const {
  throw Error(
      concat_message("tensor of dtype ", unroll::name(dtype()), " read as ", unroll::name(wanted)));
}

void Tensor::check_writable() const {
  require(!grad_enabled(),
          "a tensor on the tape is written in place; do it under NoGrad, or detach() it first");
}

template <class T>
std::vector<T> Tensor::to_vector() const {
  std::vector<T> values(static_cast<size_t>(numel()));
  copy_bytes(values.size() * sizeof(T), device(), data<T>(), Device::cpu, values.data());
  return values;
}

template std::vector<float> Tensor::to_vector() const;
template std::vector<double> Tensor::to_vector() const;
template std::vector<int32_t> Tensor::to_vector() const;

namespace {

// Calls f with a value of the C++ type that `dtype` names.
template <class F>
void with_type(DType dtype, F f) {
  switch (dtype) {
    case DType::f32:
      return f(float{});
    case DType::f64:
      return f(double{});
    case DType::i32:
      return f(int32_t{});
  }
}

double element(const Tensor& x, int64_t index) {
  double value = 0;
  with_type(x.dtype(), [&]<class T>(T on_host) {
    copy_bytes(sizeof(T), x.device(), x.data<T>() + index, Device::cpu, &on_host);
    value = static_cast<double>(on_host);
  });
  return value;
}

}  // namespace

double Tensor::item() const {
  require(numel() == 1, "item() needs a tensor of one element, this one has shape ", shape());
  return element(*this, 0);
}

double Tensor::at(std::initializer_list<int64_t> index) const {
  require(static_cast<int>(index.size()) == rank(), "at(): ", index.size(),
          " indices for a tensor of shape ", shape());
  int64_t flat = 0;
  int axis = 0;
  for (int64_t i : index) {
    require(i >= 0 && i < size(axis), "at(): index ", i, " is out of range in dimension ", axis,
            " of shape ", shape());
    flat = flat * size(axis++) + i;
  }
  return element(*this, flat);
}

Tensor Tensor::view(const Shape& shape) const {
  const TensorImpl& self = impl();
  require(shape.numel() == numel(), "view: shape ", shape, " has another number of elements than ",
          self.shape);
  return Tensor(new TensorImpl(self.storage, self.offset, shape, self.dtype));
}

Tensor Tensor::view_rows(int64_t begin, int64_t end) const {
  const TensorImpl& self = impl();
  require(rank() > 0 && 0 <= begin && begin <= end && end <= size(0), "view_rows: range [", begin,
          ", ", end, ") is out of range for shape ", self.shape);
  Shape shape = self.shape;
  shape.set(0, end - begin);
  const int64_t row = shape.without(0).numel();
  const size_t skipped = static_cast<size_t>(begin * row) * size_of(self.dtype);
  return Tensor(new TensorImpl(self.storage, self.offset + skipped, shape, self.dtype));
}

Tensor Tensor::detach() const {
  const TensorImpl& self = impl();
  return Tensor(new TensorImpl(self.storage, self.offset, self.shape, self.dtype));
}

bool Tensor::shares_storage(const Tensor& other) const {
  return impl().storage.get() == other.impl().storage.get();
}

bool Tensor::is_unique() const {
  return impl().references() == 1 && impl().storage->references() == 1;
}

Tensor zeros(const Shape& shape, DType dtype, Device device) {
  Tensor result(shape, dtype, device);
  zero_bytes(result.impl().storage->bytes(), device, result.impl().storage->data());
  return result;
}

Tensor ones(const Shape& shape, DType dtype, Device device) {
  return full(shape, 1.0, dtype, device);
}

Tensor full(const Shape& shape, double value, DType dtype, Device device) {
  Tensor result(shape, dtype, device);
  dispatch_any("full", result, [&]<class T>(auto tag, T) {
    kernels::fill(tag, result.numel(), static_cast<T>(value), result.mutable_data<T>());
  });
  return result;
}

Tensor arange(int64_t n, DType dtype, Device device) {
  Tensor result({n}, dtype, device);
  dispatch_any("arange", result,
               [&]<class T>(auto tag, T) { kernels::arange(tag, n, result.mutable_data<T>()); });
  return result;
}

template <class T>
Tensor from_vector(const std::vector<T>& values, const Shape& shape, Device device) {
  require(static_cast<int64_t>(values.size()) == shape.numel(), "from_vector: ", values.size(),
          " values for shape ", shape);
  Tensor result(shape, dtype_of<T>(), device);
  copy_bytes(values.size() * sizeof(T), Device::cpu, values.data(), device,
             result.mutable_data<T>());
  return result;
}

template Tensor from_vector(const std::vector<float>&, const Shape&, Device);
template Tensor from_vector(const std::vector<double>&, const Shape&, Device);
template Tensor from_vector(const std::vector<int32_t>&, const Shape&, Device);

Tensor tensor(std::initializer_list<double> values, DType dtype) {
  return cast(from_vector(std::vector<double>(values), {static_cast<int64_t>(values.size())}),
              dtype);
}

Tensor scalar(double value, DType dtype, Device device) { return full({}, value, dtype, device); }

Tensor zeros_like(const Tensor& like) { return zeros(like.shape(), like.dtype(), like.device()); }

Tensor cast(const Tensor& x, DType dtype) {
  Tensor result(x.shape(), dtype, x.device());
  dispatch_any("cast", x, [&]<class From>(auto tag, From) {
    with_type(dtype, [&]<class To>(To) {
      kernels::cast(tag, x.numel(), x.data<From>(), result.mutable_data<To>());
    });
  });
  return result;
}

Tensor copy_to(const Tensor& x, Device device) {
  Tensor result(x.shape(), x.dtype(), device);
  assign(result, x);
  return result;
}

void assign(Tensor& to, const Tensor& from) {
  require(to.shape() == from.shape() && to.dtype() == from.dtype(), "assign: cannot copy ",
          name(from.dtype()), " ", from.shape(), " into ", name(to.dtype()), " ", to.shape());
  with_type(to.dtype(), [&]<class T>(T) {
    copy_bytes(static_cast<size_t>(from.numel()) * sizeof(T), from.device(), from.data<T>(),
               to.device(), to.mutable_data<T>());
  });
}

}  // namespace unroll
