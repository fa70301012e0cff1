/*eslint-disable -- generated from proto/onnx.proto*/
import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace onnx. */
export namespace onnx {
  /**
   * Properties of an AttributeProto.
   * @deprecated Use onnx.AttributeProto.$Properties instead.
   */
  interface IAttributeProto extends onnx.AttributeProto.$Properties {}

  /** Represents an AttributeProto. */
  class AttributeProto {
    /**
     * Constructs a new AttributeProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.AttributeProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** AttributeProto name. */
    name: string;

    /** AttributeProto f. */
    f: number;

    /** AttributeProto i. */
    i: number;

    /** AttributeProto s. */
    s: Uint8Array;

    /** AttributeProto floats. */
    floats: number[];

    /** AttributeProto ints. */
    ints: number[];

    /** AttributeProto type. */
    type: onnx.AttributeProto.AttributeType;

    /**
     * Encodes the specified AttributeProto message. Does not implicitly {@link onnx.AttributeProto.verify|verify} messages.
     * @param message AttributeProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.AttributeProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace AttributeProto {
    /** Properties of an AttributeProto. */
    interface $Properties {
      /** AttributeProto name */
      name?: string | null;

      /** AttributeProto f */
      f?: number | null;

      /** AttributeProto i */
      i?: number | null;

      /** AttributeProto s */
      s?: Uint8Array | null;

      /** AttributeProto floats */
      floats?: number[] | null;

      /** AttributeProto ints */
      ints?: number[] | null;

      /** AttributeProto type */
      type?: onnx.AttributeProto.AttributeType | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of an AttributeProto. */
    type $Shape = onnx.AttributeProto.$Properties;

    /** AttributeType enum. */
    enum AttributeType {
      /** FLOAT value */
      FLOAT = 1,

      /** INT value */
      INT = 2,

      /** STRING value */
      STRING = 3,

      /** FLOATS value */
      FLOATS = 6,

      /** INTS value */
      INTS = 7,
    }
  }

  /**
   * Properties of a ValueInfoProto.
   * @deprecated Use onnx.ValueInfoProto.$Properties instead.
   */
  interface IValueInfoProto extends onnx.ValueInfoProto.$Properties {}

  /** Represents a ValueInfoProto. */
  class ValueInfoProto {
    /**
     * Constructs a new ValueInfoProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.ValueInfoProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** ValueInfoProto name. */
    name: string;

    /** ValueInfoProto type. */
    type?: onnx.TypeProto.$Properties | null;

    /**
     * Encodes the specified ValueInfoProto message. Does not implicitly {@link onnx.ValueInfoProto.verify|verify} messages.
     * @param message ValueInfoProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.ValueInfoProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace ValueInfoProto {
    /** Properties of a ValueInfoProto. */
    interface $Properties {
      /** ValueInfoProto name */
      name?: string | null;

      /** ValueInfoProto type */
      type?: onnx.TypeProto.$Properties | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a ValueInfoProto. */
    type $Shape = {
      name?: string | null;
      type?: onnx.TypeProto.$Shape | null;
      $unknowns?: Uint8Array[];
    };
  }

  /**
   * Properties of a NodeProto.
   * @deprecated Use onnx.NodeProto.$Properties instead.
   */
  interface INodeProto extends onnx.NodeProto.$Properties {}

  /** Represents a NodeProto. */
  class NodeProto {
    /**
     * Constructs a new NodeProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.NodeProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** NodeProto input. */
    input: string[];

    /** NodeProto output. */
    output: string[];

    /** NodeProto name. */
    name: string;

    /** NodeProto opType. */
    opType: string;

    /** NodeProto attribute. */
    attribute: onnx.AttributeProto.$Properties[];

    /** NodeProto domain. */
    domain: string;

    /**
     * Encodes the specified NodeProto message. Does not implicitly {@link onnx.NodeProto.verify|verify} messages.
     * @param message NodeProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: onnx.NodeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
  }

  namespace NodeProto {
    /** Properties of a NodeProto. */
    interface $Properties {
      /** NodeProto input */
      input?: string[] | null;

      /** NodeProto output */
      output?: string[] | null;

      /** NodeProto name */
      name?: string | null;

      /** NodeProto opType */
      opType?: string | null;

      /** NodeProto attribute */
      attribute?: onnx.AttributeProto.$Properties[] | null;

      /** NodeProto domain */
      domain?: string | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a NodeProto. */
    type $Shape = onnx.NodeProto.$Properties;
  }

  /**
   * Properties of a ModelProto.
   * @deprecated Use onnx.ModelProto.$Properties instead.
   */
  interface IModelProto extends onnx.ModelProto.$Properties {}

  /** Represents a ModelProto. */
  class ModelProto {
    /**
     * Constructs a new ModelProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.ModelProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** ModelProto irVersion. */
    irVersion: number;

    /** ModelProto producerName. */
    producerName: string;

    /** ModelProto producerVersion. */
    producerVersion: string;

    /** ModelProto docString. */
    docString: string;

    /** ModelProto graph. */
    graph?: onnx.GraphProto.$Properties | null;

    /** ModelProto opsetImport. */
    opsetImport: onnx.OperatorSetIdProto.$Properties[];

    /** ModelProto metadataProps. */
    metadataProps: onnx.StringStringEntryProto.$Properties[];

    /**
     * Encodes the specified ModelProto message. Does not implicitly {@link onnx.ModelProto.verify|verify} messages.
     * @param message ModelProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.ModelProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace ModelProto {
    /** Properties of a ModelProto. */
    interface $Properties {
      /** ModelProto irVersion */
      irVersion?: number | null;

      /** ModelProto producerName */
      producerName?: string | null;

      /** ModelProto producerVersion */
      producerVersion?: string | null;

      /** ModelProto docString */
      docString?: string | null;

      /** ModelProto graph */
      graph?: onnx.GraphProto.$Properties | null;

      /** ModelProto opsetImport */
      opsetImport?: onnx.OperatorSetIdProto.$Properties[] | null;

      /** ModelProto metadataProps */
      metadataProps?: onnx.StringStringEntryProto.$Properties[] | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a ModelProto. */
    type $Shape = {
      irVersion?: number | null;
      producerName?: string | null;
      producerVersion?: string | null;
      docString?: string | null;
      graph?: onnx.GraphProto.$Shape | null;
      opsetImport?: onnx.OperatorSetIdProto.$Shape[] | null;
      metadataProps?: onnx.StringStringEntryProto.$Shape[] | null;
      $unknowns?: Uint8Array[];
    };
  }

  /**
   * Properties of a StringStringEntryProto.
   * @deprecated Use onnx.StringStringEntryProto.$Properties instead.
   */
  interface IStringStringEntryProto extends onnx.StringStringEntryProto.$Properties {}

  /** Represents a StringStringEntryProto. */
  class StringStringEntryProto {
    /**
     * Constructs a new StringStringEntryProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.StringStringEntryProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** StringStringEntryProto key. */
    key: string;

    /** StringStringEntryProto value. */
    value: string;

    /**
     * Encodes the specified StringStringEntryProto message. Does not implicitly {@link onnx.StringStringEntryProto.verify|verify} messages.
     * @param message StringStringEntryProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.StringStringEntryProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace StringStringEntryProto {
    /** Properties of a StringStringEntryProto. */
    interface $Properties {
      /** StringStringEntryProto key */
      key?: string | null;

      /** StringStringEntryProto value */
      value?: string | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a StringStringEntryProto. */
    type $Shape = onnx.StringStringEntryProto.$Properties;
  }

  /**
   * Properties of a GraphProto.
   * @deprecated Use onnx.GraphProto.$Properties instead.
   */
  interface IGraphProto extends onnx.GraphProto.$Properties {}

  /** Represents a GraphProto. */
  class GraphProto {
    /**
     * Constructs a new GraphProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.GraphProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** GraphProto node. */
    node: onnx.NodeProto.$Properties[];

    /** GraphProto name. */
    name: string;

    /** GraphProto initializer. */
    initializer: onnx.TensorProto.$Properties[];

    /** GraphProto input. */
    input: onnx.ValueInfoProto.$Properties[];

    /** GraphProto output. */
    output: onnx.ValueInfoProto.$Properties[];

    /**
     * Encodes the specified GraphProto message. Does not implicitly {@link onnx.GraphProto.verify|verify} messages.
     * @param message GraphProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.GraphProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace GraphProto {
    /** Properties of a GraphProto. */
    interface $Properties {
      /** GraphProto node */
      node?: onnx.NodeProto.$Properties[] | null;

      /** GraphProto name */
      name?: string | null;

      /** GraphProto initializer */
      initializer?: onnx.TensorProto.$Properties[] | null;

      /** GraphProto input */
      input?: onnx.ValueInfoProto.$Properties[] | null;

      /** GraphProto output */
      output?: onnx.ValueInfoProto.$Properties[] | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a GraphProto. */
    type $Shape = {
      node?: onnx.NodeProto.$Shape[] | null;
      name?: string | null;
      initializer?: onnx.TensorProto.$Shape[] | null;
      input?: onnx.ValueInfoProto.$Shape[] | null;
      output?: onnx.ValueInfoProto.$Shape[] | null;
      $unknowns?: Uint8Array[];
    };
  }

  /**
   * Properties of a TensorProto.
   * @deprecated Use onnx.TensorProto.$Properties instead.
   */
  interface ITensorProto extends onnx.TensorProto.$Properties {}

  /** Represents a TensorProto. */
  class TensorProto {
    /**
     * Constructs a new TensorProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.TensorProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** TensorProto dims. */
    dims: number[];

    /** TensorProto dataType. */
    dataType: number;

    /** TensorProto name. */
    name: string;

    /** TensorProto rawData. */
    rawData: Uint8Array;

    /**
     * Encodes the specified TensorProto message. Does not implicitly {@link onnx.TensorProto.verify|verify} messages.
     * @param message TensorProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.TensorProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace TensorProto {
    /** Properties of a TensorProto. */
    interface $Properties {
      /** TensorProto dims */
      dims?: number[] | null;

      /** TensorProto dataType */
      dataType?: number | null;

      /** TensorProto name */
      name?: string | null;

      /** TensorProto rawData */
      rawData?: Uint8Array | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a TensorProto. */
    type $Shape = onnx.TensorProto.$Properties;

    /** DataType enum. */
    enum DataType {
      /** FLOAT value */
      FLOAT = 1,

      /** UINT8 value */
      UINT8 = 2,

      /** INT8 value */
      INT8 = 3,

      /** INT32 value */
      INT32 = 6,

      /** INT64 value */
      INT64 = 7,

      /** FLOAT16 value */
      FLOAT16 = 10,
    }
  }

  /**
   * Properties of a TensorShapeProto.
   * @deprecated Use onnx.TensorShapeProto.$Properties instead.
   */
  interface ITensorShapeProto extends onnx.TensorShapeProto.$Properties {}

  /** Represents a TensorShapeProto. */
  class TensorShapeProto {
    /**
     * Constructs a new TensorShapeProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.TensorShapeProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** TensorShapeProto dim. */
    dim: onnx.TensorShapeProto.Dimension.$Properties[];

    /**
     * Encodes the specified TensorShapeProto message. Does not implicitly {@link onnx.TensorShapeProto.verify|verify} messages.
     * @param message TensorShapeProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.TensorShapeProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace TensorShapeProto {
    /** Properties of a TensorShapeProto. */
    interface $Properties {
      /** TensorShapeProto dim */
      dim?: onnx.TensorShapeProto.Dimension.$Properties[] | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of a TensorShapeProto. */
    type $Shape = {
      dim?: onnx.TensorShapeProto.Dimension.$Shape[] | null;
      $unknowns?: Uint8Array[];
    };

    /**
     * Properties of a Dimension.
     * @deprecated Use onnx.TensorShapeProto.Dimension.$Properties instead.
     */
    interface IDimension extends onnx.TensorShapeProto.Dimension.$Properties {}

    /** Represents a Dimension. */
    class Dimension {
      /**
       * Constructs a new Dimension.
       * @param [properties] Properties to set
       */
      constructor(properties?: onnx.TensorShapeProto.Dimension.$Properties);

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];

      /** Dimension dimValue. */
      dimValue?: number | null;

      /** Dimension value. */
      value?: "dimValue";

      /**
       * Encodes the specified Dimension message. Does not implicitly {@link onnx.TensorShapeProto.Dimension.verify|verify} messages.
       * @param message Dimension message or plain object to encode
       * @param [writer] Writer to encode to
       * @returns Writer
       */
      static encode(
        message: onnx.TensorShapeProto.Dimension.$Properties,
        writer?: $protobuf.Writer,
      ): $protobuf.Writer;
    }

    namespace Dimension {
      /** Properties of a Dimension. */
      interface $Properties {
        /** Dimension dimValue */
        dimValue?: number | null;

        /** Dimension value */
        value?: "dimValue";

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
      }

      /** Narrowed shape of a Dimension. */
      type $Shape = {
        dimValue?: number | null;
        $unknowns?: Uint8Array[];
      } & ({ value?: undefined; dimValue?: null } | { value?: "dimValue"; dimValue: number });
    }
  }

  /**
   * Properties of a TypeProto.
   * @deprecated Use onnx.TypeProto.$Properties instead.
   */
  interface ITypeProto extends onnx.TypeProto.$Properties {}

  /** Represents a TypeProto. */
  class TypeProto {
    /**
     * Constructs a new TypeProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.TypeProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** TypeProto tensorType. */
    tensorType?: onnx.TypeProto.Tensor.$Properties | null;

    /** TypeProto value. */
    value?: "tensorType";

    /**
     * Encodes the specified TypeProto message. Does not implicitly {@link onnx.TypeProto.verify|verify} messages.
     * @param message TypeProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: onnx.TypeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
  }

  namespace TypeProto {
    /** Properties of a TypeProto. */
    interface $Properties {
      /** TypeProto tensorType */
      tensorType?: onnx.TypeProto.Tensor.$Properties | null;

      /** TypeProto value */
      value?: "tensorType";

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Narrowed shape of a TypeProto. */
    type $Shape = {
      tensorType?: onnx.TypeProto.Tensor.$Shape | null;
      $unknowns?: Uint8Array[];
    } & (
      | { value?: undefined; tensorType?: null }
      | { value?: "tensorType"; tensorType: onnx.TypeProto.Tensor.$Shape }
    );

    /**
     * Properties of a Tensor.
     * @deprecated Use onnx.TypeProto.Tensor.$Properties instead.
     */
    interface ITensor extends onnx.TypeProto.Tensor.$Properties {}

    /** Represents a Tensor. */
    class Tensor {
      /**
       * Constructs a new Tensor.
       * @param [properties] Properties to set
       */
      constructor(properties?: onnx.TypeProto.Tensor.$Properties);

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];

      /** Tensor elemType. */
      elemType: number;

      /** Tensor shape. */
      shape?: onnx.TensorShapeProto.$Properties | null;

      /**
       * Encodes the specified Tensor message. Does not implicitly {@link onnx.TypeProto.Tensor.verify|verify} messages.
       * @param message Tensor message or plain object to encode
       * @param [writer] Writer to encode to
       * @returns Writer
       */
      static encode(
        message: onnx.TypeProto.Tensor.$Properties,
        writer?: $protobuf.Writer,
      ): $protobuf.Writer;
    }

    namespace Tensor {
      /** Properties of a Tensor. */
      interface $Properties {
        /** Tensor elemType */
        elemType?: number | null;

        /** Tensor shape */
        shape?: onnx.TensorShapeProto.$Properties | null;

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
      }

      /** Shape of a Tensor. */
      type $Shape = {
        elemType?: number | null;
        shape?: onnx.TensorShapeProto.$Shape | null;
        $unknowns?: Uint8Array[];
      };
    }
  }

  /**
   * Properties of an OperatorSetIdProto.
   * @deprecated Use onnx.OperatorSetIdProto.$Properties instead.
   */
  interface IOperatorSetIdProto extends onnx.OperatorSetIdProto.$Properties {}

  /** Represents an OperatorSetIdProto. */
  class OperatorSetIdProto {
    /**
     * Constructs a new OperatorSetIdProto.
     * @param [properties] Properties to set
     */
    constructor(properties?: onnx.OperatorSetIdProto.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** OperatorSetIdProto domain. */
    domain: string;

    /** OperatorSetIdProto version. */
    version: number;

    /**
     * Encodes the specified OperatorSetIdProto message. Does not implicitly {@link onnx.OperatorSetIdProto.verify|verify} messages.
     * @param message OperatorSetIdProto message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(
      message: onnx.OperatorSetIdProto.$Properties,
      writer?: $protobuf.Writer,
    ): $protobuf.Writer;
  }

  namespace OperatorSetIdProto {
    /** Properties of an OperatorSetIdProto. */
    interface $Properties {
      /** OperatorSetIdProto domain */
      domain?: string | null;

      /** OperatorSetIdProto version */
      version?: number | null;

      /** Unknown fields preserved while decoding when enabled */
      $unknowns?: Uint8Array[];
    }

    /** Shape of an OperatorSetIdProto. */
    type $Shape = onnx.OperatorSetIdProto.$Properties;
  }
}
