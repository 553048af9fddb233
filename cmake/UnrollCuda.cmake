# The language CUDA, for the device `cuda`. CMake finds nvcc in PATH, $CUDACXX or /usr/local/cuda.
#
# Unless CMAKE_CUDA_ARCHITECTURES says otherwise the kernels are built for this machine's GPU. Where
# there is none they are built for Hopper, with PTX that newer GPUs compile when a program starts.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 90)
  execute_process(COMMAND nvidia-smi -L RESULT_VARIABLE failure OUTPUT_QUIET ERROR_QUIET)
  if(EXISTS /dev/nvidia0 OR failure EQUAL 0)
    set(CMAKE_CUDA_ARCHITECTURES native)
  endif()
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)
